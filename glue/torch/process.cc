// process.cc: see process.h.
#include "torch/process.h"

#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <torch/csrc/jit/runtime/graph_executor.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

/* OpenBLAS, where it has threads of its own: they wait by yielding the processor, which doubles the
 * time of small networks; torch parallelises above it. */
class Blas {
  public:
    Blas() {
        auto threading = find<int (*)()>("openblas_get_parallel");
        if (!threading || threading() != OWN_THREADS)
            return;
        set_ = find<void (*)(int)>("openblas_set_num_threads");
        get_ = find<int (*)()>("openblas_get_num_threads");
    }

    int threads() const {
        return set_ && get_ ? get_() : 0;
    }

    void set(int threads) const {
        if (threads > 0)
            set_(threads);
    }

  private:
    enum { OWN_THREADS = 1 }; // OPENBLAS_THREAD

    template <typename Function> static Function find(const char *name) {
        return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
    }

    void (*set_)(int) = nullptr;
    int (*get_)() = nullptr;
};

std::mutex mutex;
int users = 0;
bool profiled;
int blas_threads;

const Blas &blas() {
    static const Blas found;
    return found;
}

} // namespace

/* The executor that optimises once: the profiling one, torch's default, spends the first forecasts
 * on specialising for their shapes. */
torchc::Lent::Lent() {
    const std::lock_guard<std::mutex> alone(mutex);
    if (users++ > 0)
        return;
    profiled = torch::jit::getProfilingMode().exchange(false);
    blas_threads = blas().threads();
    blas().set(blas_threads > 1 ? 1 : 0);
}

torchc::Lent::~Lent() {
    const std::lock_guard<std::mutex> alone(mutex);
    if (--users > 0)
        return;
    torch::jit::getProfilingMode() = profiled;
    blas().set(blas_threads > 1 ? blas_threads : 0);
}

/* A network's tensors come and go by the megabyte, and malloc gives such room back to the system at
 * once, to be faulted in again page by page: a sixth to two fifths of a denoiser's time. */
void torchc::keep_memory() {
#ifdef __GLIBC__
    for (const char *name : {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"})
        if (std::getenv(name))
            return;
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}
