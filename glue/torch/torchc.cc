// torchc.cc: devices, modules and tensors of libtorch behind torchc.h.
#include "torch/torchc.h"

#include "torch/autocast.h"
#include "torch/guard.h"
#include "torch/process.h"
#ifdef LEAD_TORCH_CUDA
#include "torch/cuda_graph.h"
#endif

#include <algorithm>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/script.h>
#include <torch/version.h>

#include <cctype>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

const torchc_host *torchc::host;

struct torchc_module {
    torch::jit::Module module;
    std::string path;
    c10::Device device;
    torchc_precision precision;
#ifdef LEAD_TORCH_CUDA
    std::unique_ptr<torchc::CudaGraphs> graphs = nullptr; // none are wanted
#endif
};

struct torchc_tensor {
    at::Tensor tensor;
};

namespace {

using torchc::guarded;
using torchc::host;

std::string shape_text(const int64_t *shape, size_t dimensions) {
    std::string text = "[";
    for (size_t i = 0; i < dimensions; ++i)
        text += (i ? ", " : "") + (shape[i] < 0 ? std::string("any") : std::to_string(shape[i]));
    return text + "]";
}

std::string shape_text(const at::Tensor &tensor) {
    return shape_text(tensor.sizes().data(), tensor.sizes().size());
}

/* --- threads, devices, seed --- */

lead_status set_threads(int threads) {
    if (threads < 1)
        return host->fail(LEAD_INVALID, "threads: %d is not positive", threads);
    return guarded(LEAD_UNAVAILABLE, [&] {
        at::set_num_threads(threads);
        return LEAD_OK;
    });
}

/* Not torch's own answer, which is the number that somebody set last. */
int default_threads() {
    const char *wanted = std::getenv("OMP_NUM_THREADS");
    const long threads = wanted ? std::strtol(wanted, nullptr, 10) : 0; // of the outermost level
    if (threads > 0 && threads <= INT_MAX)
        return static_cast<int>(threads);
    return host->cores();
}

lead_status cuda_device(const char *text, char name[TORCHC_DEVICE]) {
    char *end = nullptr;
    const long index =
        std::isdigit(static_cast<unsigned char>(text[0])) ? std::strtol(text, &end, 10) : -1;
    if (index < 0 || index > 127 || *end)
        return host->fail(LEAD_INVALID, "device \"cuda:%s\": expected cuda:N", text);
    const long there =
        torch::cuda::is_available() ? static_cast<long>(torch::cuda::device_count()) : 0;
    if (index >= there)
        return host->fail(LEAD_UNAVAILABLE,
                          "device cuda:%ld asked for, but libtorch sees %ld CUDA devices", index,
                          there);
    std::snprintf(name, TORCHC_DEVICE, "cuda:%ld", index);
    return LEAD_OK;
}

lead_status find_device(const char *device, char name[TORCHC_DEVICE]) {
    return guarded(LEAD_UNAVAILABLE, [&] {
        const std::string asked = device ? device : "auto";
        if (asked.rfind("cuda:", 0) == 0)
            return cuda_device(asked.c_str() + 5, name);
        if (asked != "auto" && asked != "cpu")
            return host->fail(LEAD_INVALID, "device \"%s\": expected auto, cpu or cuda:N",
                              asked.c_str());
        const bool cuda = asked == "auto" && torch::cuda::is_available();
        std::snprintf(name, TORCHC_DEVICE, "%s", cuda ? "cuda:0" : "cpu");
        return LEAD_OK;
    });
}

const char *library_version() {
    return TORCH_VERSION;
}

lead_status seed(uint64_t value) {
    return guarded(LEAD_MODEL, [&] {
        torch::manual_seed(value);
        return LEAD_OK;
    });
}

/* --- modules --- */

lead_status module_load(const char *path, const char *device, torchc_precision precision,
                        torchc_module **out) {
    *out = nullptr;
    if (FILE *file = std::fopen(path, "rb"))
        std::fclose(file);
    else
        return host->fail(LEAD_IO, "%s: cannot be opened", path);
    const lead_status status = guarded(LEAD_FORMAT, [&] {
        const torchc::Lent lent;
        const c10::Device place{std::string(device)};
        torch::jit::Module module = torch::jit::load(path, place);
        if (!module.find_method("forward"))
            return host->fail(LEAD_FORMAT, "the module has no method \"forward\"");
        module.eval();
        *out = new torchc_module{std::move(module), path, place, precision};
        return LEAD_OK;
    });
    return status == LEAD_OK ? status : host->fail_within(status, "%s", path);
}

lead_status module_integer(torchc_module *module, const char *name, int64_t fallback,
                           int64_t *value) {
    const lead_status status = guarded(LEAD_MODEL, [&] {
        const torchc::Lent lent;
        c10::InferenceMode inference;
        c10::IValue found(fallback);
        if (module->module.find_method(name))
            found = module->module.run_method(name);
        else if (module->module.hasattr(name))
            found = module->module.attr(name);
        if (!found.isInt())
            return host->fail(LEAD_MODEL, "%s is no integer", name);
        *value = found.toInt();
        return LEAD_OK;
    });
    return status == LEAD_OK ? status : host->fail_within(status, "%s", module->path.c_str());
}

/* Freezing inlines functions and then frees them (libtorch 1.13), while what was inlined still says
 * where it comes from: an error at run time, which names these functions, would be the process's
 * end. From here on all is said to come from the one function that lives as long as the module. */
void own_call_stacks(torch::jit::Block *block, torch::jit::Function *owner) {
    for (torch::jit::Node *node : block->nodes()) {
        if (node->callstack())
            node->setCallStack(
                c10::make_intrusive<torch::jit::InlinedCallStack>(owner, node->sourceRange()));
        for (torch::jit::Block *inner : node->blocks())
            own_call_stacks(inner, owner);
        if (node->hasAttribute(torch::jit::attr::Subgraph))
            own_call_stacks(node->g(torch::jit::attr::Subgraph)->block(), owner);
    }
}

lead_status module_freeze(torchc_module *module) {
    return guarded(LEAD_MODEL, [&] {
        const torchc::Lent lent;
        torch::jit::Module frozen = torch::jit::freeze(module->module);
        for (const torch::jit::Method &method : frozen.get_methods())
            own_call_stacks(method.graph()->block(), &method.function());
        module->module = std::move(frozen);
        return LEAD_OK;
    });
}

lead_status module_capture(torchc_module *module) {
    return guarded(LEAD_MODEL, [&] {
#ifdef LEAD_TORCH_CUDA
        if (module->device.is_cuda())
            module->graphs = std::make_unique<torchc::CudaGraphs>(module->device);
#else
        static_cast<void>(module);
#endif
        return LEAD_OK;
    });
}

lead_status check_inputs(const torchc_module *module, int given) {
    const auto &schema = module->module.get_method("forward").function().getSchema();
    size_t most = schema.arguments().size() - 1, least = 0;
    for (size_t i = 1; i <= most; ++i)
        least += schema.arguments()[i].default_value() ? 0 : 1;
    if (static_cast<size_t>(given) < least || static_cast<size_t>(given) > most)
        return host->fail(LEAD_MODEL, "forward takes %zu inputs, given %d", least, given);
    return LEAD_OK;
}

lead_status take_tensor(const c10::IValue &value, int index, torchc_tensor **out) {
    if (!value.isTensor())
        return host->fail(LEAD_MODEL, "output %d is a %s, expected a tensor", index,
                          value.tagKind().c_str());
    // Always a copy: a module may give its input, or a tensor of its own, which callers write on.
    *out = new torchc_tensor{
        value.toTensor().to(at::kFloat, false, true, at::MemoryFormat::Contiguous)};
    return LEAD_OK;
}

lead_status take_outputs(const c10::IValue &result, torchc_tensor **outputs, int expected) {
    const size_t given = result.isTuple() ? result.toTupleRef().elements().size() : 1;
    if (given != static_cast<size_t>(expected))
        return host->fail(LEAD_MODEL, "forward gives %zu outputs, expected %d", given, expected);
    if (!result.isTuple())
        return take_tensor(result, 0, &outputs[0]);
    for (int i = 0; i < expected; ++i)
        LEAD_TRY(
            take_tensor(result.toTupleRef().elements()[static_cast<size_t>(i)], i, &outputs[i]));
    return LEAD_OK;
}

void tensor_free(torchc_tensor *tensor) {
    delete tensor;
}

lead_status run_forward(torchc_module *module, std::vector<c10::IValue> values,
                        torchc_tensor **outputs, int output_count) {
    const torchc::Halved halved(module->precision == TORCHC_HALF, module->device.type());
#ifdef LEAD_TORCH_CUDA
    if (module->graphs) {
        const auto alone = module->graphs->alone();
        if (const c10::IValue *given = module->graphs->run(module->module, values))
            return take_outputs(*given, outputs, output_count);
    }
#endif
    return take_outputs(module->module.forward(std::move(values)), outputs, output_count);
}

lead_status module_forward(torchc_module *module, const torchc_tensor *const *inputs,
                           int input_count, torchc_tensor **outputs, int output_count) {
    for (int i = 0; i < output_count; ++i)
        outputs[i] = nullptr;
    const lead_status status = guarded(LEAD_MODEL, [&] {
        const torchc::Lent lent;
        c10::InferenceMode inference;
        LEAD_TRY(check_inputs(module, input_count));
        std::vector<c10::IValue> values;
        for (int i = 0; i < input_count; ++i)
            values.emplace_back(inputs[i]->tensor);
        return run_forward(module, std::move(values), outputs, output_count);
    });
    if (status == LEAD_OK)
        return status;
    for (int i = 0; i < output_count; ++i) {
        tensor_free(outputs[i]);
        outputs[i] = nullptr;
    }
    return host->fail_within(status, "%s%s", module->path.c_str(),
                             module->precision == TORCHC_HALF ? " in half precision" : "");
}

void module_free(torchc_module *module) {
    delete module;
}

/* --- tensors --- */

/* A new tensor on the CPU that `fill` writes, moved to the device. */
template <typename Value, typename Fill>
lead_status make_tensor(const int64_t *shape, int dimensions, const char *device,
                        torchc_tensor **out, Fill fill) {
    *out = nullptr;
    if (dimensions < 0 || dimensions > TORCHC_DIMENSIONS)
        return host->fail(LEAD_INVALID, "tensor of %d dimensions, at most %d", dimensions,
                          TORCHC_DIMENSIONS);
    return guarded(LEAD_MODEL, [&] {
        c10::InferenceMode inference;
        const auto type = c10::CppTypeToScalarType<Value>::value;
        at::Tensor tensor =
            at::empty(c10::IntArrayRef(shape, static_cast<size_t>(dimensions)), at::dtype(type));
        fill(tensor.data_ptr<Value>(), static_cast<size_t>(tensor.numel()));
        *out = new torchc_tensor{tensor.to(at::kFloat).to(c10::Device(std::string(device)))};
        return LEAD_OK;
    });
}

lead_status tensor_from_floats(const float *values, const int64_t *shape, int dimensions,
                               const char *device, torchc_tensor **out) {
    return make_tensor<float>(shape, dimensions, device, out, [&](float *to, size_t count) {
        std::copy(values, values + count, to);
    });
}

lead_status tensor_from_doubles(const double *values, const int64_t *shape, int dimensions,
                                const char *device, torchc_tensor **out) {
    return make_tensor<double>(shape, dimensions, device, out, [&](double *to, size_t count) {
        std::copy(values, values + count, to);
    });
}

template <typename Value>
lead_status copy_out(const torchc_tensor *tensor, Value *values, size_t count) {
    return guarded(LEAD_MODEL, [&] {
        const size_t there = static_cast<size_t>(tensor->tensor.numel());
        if (there != count)
            return host->fail(LEAD_INVALID, "tensor %s has %zu values, room for %zu",
                              shape_text(tensor->tensor).c_str(), there, count);
        c10::InferenceMode inference;
        const at::Tensor here =
            tensor->tensor.to(at::kCPU).to(c10::CppTypeToScalarType<Value>::value).contiguous();
        std::copy(here.data_ptr<Value>(), here.data_ptr<Value>() + count, values);
        return LEAD_OK;
    });
}

lead_status tensor_to_floats(const torchc_tensor *tensor, float *values, size_t count) {
    return copy_out(tensor, values, count);
}

lead_status tensor_to_doubles(const torchc_tensor *tensor, double *values, size_t count) {
    return copy_out(tensor, values, count);
}

lead_status tensor_shape(const torchc_tensor *tensor, int64_t *shape, int *dimensions) {
    return guarded(LEAD_MODEL, [&] {
        if (tensor->tensor.dim() > TORCHC_DIMENSIONS)
            return host->fail(LEAD_MODEL, "tensor %s has more than %d dimensions",
                              shape_text(tensor->tensor).c_str(), TORCHC_DIMENSIONS);
        *dimensions = static_cast<int>(tensor->tensor.dim());
        std::copy(tensor->tensor.sizes().begin(), tensor->tensor.sizes().end(), shape);
        return LEAD_OK;
    });
}

lead_status tensor_expect(const torchc_tensor *tensor, const char *name, const int64_t *shape,
                          int dimensions) {
    return guarded(LEAD_MODEL, [&] {
        bool same = tensor->tensor.dim() == dimensions;
        for (int i = 0; same && i < dimensions; ++i)
            same = shape[i] < 0 || shape[i] == tensor->tensor.size(i);
        if (same)
            return LEAD_OK;
        return host->fail(LEAD_MODEL, "%s: expected shape %s, given %s", name,
                          shape_text(shape, static_cast<size_t>(dimensions)).c_str(),
                          shape_text(tensor->tensor).c_str());
    });
}

lead_status tensor_blend(torchc_tensor *y, double a, double b, const torchc_tensor *x) {
    return guarded(LEAD_MODEL, [&] {
        if (y->tensor.sizes() != x->tensor.sizes())
            return host->fail(LEAD_INVALID, "blend of shapes %s and %s",
                              shape_text(y->tensor).c_str(), shape_text(x->tensor).c_str());
        c10::InferenceMode inference;
        y->tensor.mul_(a).add_(x->tensor, b);
        return LEAD_OK;
    });
}

lead_status tensor_fill(torchc_tensor *y, double value) {
    return guarded(LEAD_MODEL, [&] {
        c10::InferenceMode inference;
        y->tensor.fill_(value);
        return LEAD_OK;
    });
}

const torchc_api api = {
    TORCHC_VERSION,     set_threads,         default_threads,
    find_device,        library_version,     seed,
    module_load,        module_integer,      module_freeze,
    module_capture,     module_forward,      module_free,
    tensor_from_floats, tensor_from_doubles, tensor_to_floats,
    tensor_to_doubles,  tensor_shape,        tensor_expect,
    tensor_blend,       tensor_fill,         tensor_free,
};

} // namespace

extern "C" LEAD_API const torchc_api *torchc_get_api(const torchc_host *loader) {
    static const bool prepared = [&] {
        host = loader;
        torchc::keep_memory();
        return true;
    }();
    return prepared ? &api : nullptr;
}
