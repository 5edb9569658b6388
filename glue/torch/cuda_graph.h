// cuda_graph: a module's forward on a CUDA device as a captured graph. Where a network is small,
// launching its kernels one by one takes longer than they do; a graph is launched at once. Compiled
// where libtorch has CUDA (LEAD_TORCH_CUDA).
#ifndef TORCHC_CUDA_GRAPH_H
#define TORCHC_CUDA_GRAPH_H

#include <memory>
#include <mutex>
#include <torch/script.h>
#include <vector>

namespace torchc {

struct CapturedGraph; // of inputs of one shape each

/* The graphs of one module on one device, a graph for all shapes of its inputs that came. */
class CudaGraphs {
  public:
    explicit CudaGraphs(c10::Device device);
    ~CudaGraphs();
    CudaGraphs(const CudaGraphs &) = delete;
    CudaGraphs &operator=(const CudaGraphs &) = delete;

    /* To be held from before `run` until what it gave was copied: the next run writes over it. */
    std::unique_lock<std::mutex> alone();

    /* What forward gives for `inputs`, tensors on the device; the graph is captured at the first
     * inputs of their shapes. Null when a module cannot be captured, from then on always: a warning
     * has said why, and forward is to be run as it is. */
    const c10::IValue *run(torch::jit::Module &module, const std::vector<c10::IValue> &inputs);

  private:
    CapturedGraph *find(const std::vector<c10::IValue> &inputs) const;
    CapturedGraph *capture(torch::jit::Module &module, const std::vector<c10::IValue> &inputs);

    const c10::Device device_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<CapturedGraph>> captured_;
    bool failed_ = false;
};

} // namespace torchc
#endif
