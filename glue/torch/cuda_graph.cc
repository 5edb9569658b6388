// cuda_graph.cc: see cuda_graph.h.
#include "torch/cuda_graph.h"

#include "torch/guard.h"

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>

namespace {

/* Runs before the capture: the executor compiles, cuBLAS makes its handle and its workspace, which
 * a capture forbids. */
const int WARM_UPS = 3;

bool has_shapes_of(const std::vector<c10::IValue> &own, const std::vector<c10::IValue> &inputs) {
    return std::equal(own.begin(), own.end(), inputs.begin(), inputs.end(),
                      [](const c10::IValue &a, const c10::IValue &b) {
                          return a.toTensor().sizes() == b.toTensor().sizes();
                      });
}

} // namespace

/* A graph reads and writes memory at fixed addresses: that of these tensors. */
struct torchc::CapturedGraph {
    std::vector<c10::IValue> inputs;
    c10::IValue outputs;
    at::cuda::CUDAGraph graph;

    /* On a stream of its own, as a capture must be. Other threads may use CUDA meanwhile. */
    void capture(torch::jit::Module &module) {
        for (int i = 0; i < WARM_UPS; ++i)
            module.forward(inputs);
        c10::cuda::getCurrentCUDAStream().synchronize();
        graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
        try {
            outputs = module.forward(inputs);
        } catch (...) {
            end_broken_capture();
            throw;
        }
        graph.capture_end();
    }

  private:
    void end_broken_capture() {
        try {
            graph.capture_end();
        } catch (const std::exception &) { // what broke the capture is the cause that is told
        }
    }
};

torchc::CudaGraphs::CudaGraphs(c10::Device device) : device_(device) {}

torchc::CudaGraphs::~CudaGraphs() = default;

std::unique_lock<std::mutex> torchc::CudaGraphs::alone() {
    return std::unique_lock<std::mutex>(mutex_);
}

torchc::CapturedGraph *torchc::CudaGraphs::find(const std::vector<c10::IValue> &inputs) const {
    for (const auto &captured : captured_)
        if (has_shapes_of(captured->inputs, inputs))
            return captured.get();
    return nullptr;
}

torchc::CapturedGraph *torchc::CudaGraphs::capture(torch::jit::Module &module,
                                                   const std::vector<c10::IValue> &inputs) {
    auto made = std::make_unique<CapturedGraph>();
    for (const c10::IValue &input : inputs)
        made->inputs.emplace_back(input.toTensor().clone());
    c10::cuda::getCurrentCUDAStream(device_.index()).synchronize(); // the clones are there
    {
        const c10::cuda::CUDAStreamGuard side(c10::cuda::getStreamFromPool(false, device_.index()));
        made->capture(module);
    }
    captured_.push_back(std::move(made));
    return captured_.back().get();
}

const c10::IValue *torchc::CudaGraphs::run(torch::jit::Module &module,
                                           const std::vector<c10::IValue> &inputs) {
    if (failed_)
        return nullptr;
    const c10::cuda::CUDAGuard on(device_);
    CapturedGraph *captured = find(inputs);
    if (!captured) {
        try {
            captured = capture(module, inputs);
        } catch (const c10::OutOfMemoryError &) {
            throw; // nothing is wrong with the module
        } catch (const std::exception &error) {
            failed_ = true;
            host->log(LEAD_LOG_WARNING,
                      "a module cannot be captured as a CUDA graph and runs kernel by kernel: %s",
                      std::string(error.what(), std::strcspn(error.what(), "\n")).c_str());
            return nullptr;
        }
    }
    for (size_t i = 0; i < inputs.size(); ++i)
        captured->inputs[i].toTensor().copy_(inputs[i].toTensor());
    captured->graph.replay();
    return &captured->outputs;
}
