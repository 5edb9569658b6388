// autocast.cc: see autocast.h.
#include "torch/autocast.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

#define TORCH_AT_LEAST(major, minor)                                                               \
    (TORCH_VERSION_MAJOR > (major) ||                                                              \
     (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

namespace {

namespace autocast = at::autocast;

#if TORCH_AT_LEAST(2, 4)

bool is_enabled(c10::DeviceType device) {
    return autocast::is_autocast_enabled(device);
}

void enable(c10::DeviceType device, bool enabled) {
    autocast::set_autocast_enabled(device, enabled);
}

c10::ScalarType type_of(c10::DeviceType device) {
    return autocast::get_autocast_dtype(device);
}

void set_type(c10::DeviceType device, c10::ScalarType type) {
    autocast::set_autocast_dtype(device, type);
}

#else // a name for each kind of device

bool is_enabled(c10::DeviceType device) {
    return device == c10::kCPU ? autocast::is_cpu_enabled() : autocast::is_enabled();
}

void enable(c10::DeviceType device, bool enabled) {
    if (device == c10::kCPU)
        autocast::set_cpu_enabled(enabled);
    else
        autocast::set_enabled(enabled);
}

c10::ScalarType type_of(c10::DeviceType device) {
    return device == c10::kCPU ? autocast::get_autocast_cpu_dtype()
                               : autocast::get_autocast_gpu_dtype();
}

void set_type(c10::DeviceType device, c10::ScalarType type) {
    if (device == c10::kCPU)
        autocast::set_autocast_cpu_dtype(type);
    else
        autocast::set_autocast_gpu_dtype(type);
}

#endif

} // namespace

/* The cache of weights in half precision is for training: here it would hold what a captured graph
 * has as its own, and weights are used once in a run. */
torchc::Halved::Halved(bool wanted, c10::DeviceType device)
    : wanted_(wanted), device_(device), enabled_(is_enabled(device)),
      cached_(autocast::is_autocast_cache_enabled()), type_(type_of(device)) {
    if (!wanted_)
        return;
    set_type(device_, device_ == c10::kCPU ? c10::kBFloat16 : c10::kHalf);
    autocast::set_autocast_cache_enabled(false);
    enable(device_, true);
}

torchc::Halved::~Halved() {
    if (!wanted_)
        return;
    enable(device_, enabled_);
    autocast::set_autocast_cache_enabled(cached_);
    set_type(device_, type_);
}
