/* torchc: TorchScript for C. A plug-in (liblead-torch.so) that liblead loads on first use, because
 * libtorch's own loading takes a third of a second: everything is reached through the one exported
 * function torchc_get_api().
 *
 * Every function returns a lead_status with a message (lead_last_message); no C++ exception leaves
 * the plug-in, which leaves the process's own settings as they were (torch/process.h). Tensors are
 * float32 and contiguous and live on one device; modules run in inference mode. Objects are freed
 * by their _free, which takes NULL. Several threads may run one module at once and read one tensor;
 * who writes a tensor must be alone with it. */
#ifndef TORCHC_H
#define TORCHC_H

#include <lead/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TORCHC_VERSION 5
#define TORCHC_DIMENSIONS 8 /* most dimensions of a shape */
#define TORCHC_DEVICE 16    /* room for a device's name */

/* How a module is run. */
typedef enum torchc_precision {
    TORCHC_SINGLE, /* float32 throughout */
    TORCHC_HALF    /* matrix products in float16 on CUDA, in bfloat16 on the CPU; what adds up many
                      numbers in float32, as libtorch's autocast has it */
} torchc_precision;

typedef struct torchc_module torchc_module;
typedef struct torchc_tensor torchc_tensor;

/* What the plug-in calls of the liblead that loaded it. It is handed over, not looked up by name: a
 * program that has liblead within itself shows no names, and a second liblead would keep another
 * message. */
typedef struct torchc_host {
    lead_status (*fail)(lead_status status, const char *format, ...) LEAD_PRINTF(2, 3);
    lead_status (*fail_within)(lead_status status, const char *format, ...) LEAD_PRINTF(2, 3);
    int (*cores)(void);
    void (*log)(lead_log_level level, const char *format, ...) LEAD_PRINTF(2, 3);
} torchc_host;

typedef struct torchc_api {
    int version; /* TORCHC_VERSION of the plug-in */

    /* How many threads torch uses for one operation (> 0), in this thread and in those that start
     * from now on; stays so for whoever else uses torch. More than one may change the last bits of
     * a result. */
    lead_status (*set_threads)(int threads);
    /* The number of threads that this process may use: OMP_NUM_THREADS, else the host's cores.
     */
    int (*default_threads)(void);

    /* The device that "auto" (NULL), "cpu" or "cuda:N" stands for on this machine into `name`.
     * LEAD_UNAVAILABLE for a CUDA device that is not there, LEAD_INVALID for another word. */
    lead_status (*find_device)(const char *device, char name[TORCHC_DEVICE]);

    /* libtorch's version, "1.13.1"; static. */
    const char *(*library_version)(void);

    /* Seeds torch's own generators, for modules that draw random numbers themselves. */
    lead_status (*seed)(uint64_t seed);

    /* Loads a TorchScript file onto a device ("cpu", "cuda:N"), in evaluation mode; it must have a
     * method "forward", which runs in the precision (inputs and outputs are float32 in both).
     * LEAD_IO when the file cannot be read, LEAD_FORMAT when it is no TorchScript. */
    lead_status (*module_load)(const char *path, const char *device, torchc_precision precision,
                               torchc_module **out);
    /* An integer attribute, or what an integer method without arguments gives; `fallback` when the
     * module has neither. */
    lead_status (*module_integer)(torchc_module *module, const char *name, int64_t fallback,
                                  int64_t *value);
    /* Folds parameters into the code, which makes `forward` faster; attributes are gone afterwards.
     */
    lead_status (*module_freeze)(torchc_module *module);
    /* Says that forward will be run many times on inputs of the same shapes: on a CUDA device it is
     * then captured, once for each shapes of its inputs, and replayed. Where it cannot be captured
     * a warning says so, and it is run as before. On the CPU, or by a libtorch without CUDA,
     * nothing changes. After module_freeze. */
    lead_status (*module_capture)(torchc_module *module);
    /* Runs forward(inputs[0..input_count-1]) into output_count new tensors: a tuple of so many, or
     * one tensor. LEAD_MODEL with expected and given numbers, or with what the module said. */
    lead_status (*module_forward)(torchc_module *module, const torchc_tensor *const *inputs,
                                  int input_count, torchc_tensor **outputs, int output_count);
    void (*module_free)(torchc_module *module);

    /* New tensors of shape[dimensions] on a device, copied from values. */
    lead_status (*tensor_from_floats)(const float *values, const int64_t *shape, int dimensions,
                                      const char *device, torchc_tensor **out);
    lead_status (*tensor_from_doubles)(const double *values, const int64_t *shape, int dimensions,
                                       const char *device, torchc_tensor **out);
    /* Copies all values out, row-major; `count` must be the tensor's number of values
     * (LEAD_INVALID). */
    lead_status (*tensor_to_floats)(const torchc_tensor *tensor, float *values, size_t count);
    lead_status (*tensor_to_doubles)(const torchc_tensor *tensor, double *values, size_t count);
    /* The sizes into shape[TORCHC_DIMENSIONS], their number into *dimensions. */
    lead_status (*tensor_shape)(const torchc_tensor *tensor, int64_t *shape, int *dimensions);
    /* LEAD_MODEL "NAME: expected shape [..], given [..]" unless the shape is as said; a size of -1
     * stands for any. */
    lead_status (*tensor_expect)(const torchc_tensor *tensor, const char *name,
                                 const int64_t *shape, int dimensions);
    /* y := a y + b x, elementwise, in place; same shapes. */
    lead_status (*tensor_blend)(torchc_tensor *y, double a, double b, const torchc_tensor *x);
    /* y := value, in place. */
    lead_status (*tensor_fill)(torchc_tensor *y, double value);
    void (*tensor_free)(torchc_tensor *tensor);
} torchc_api;

/* The plug-in's functions; static, never freed. `host` is static, too, and counts from the first
 * call on. */
const torchc_api *torchc_get_api(const torchc_host *host);

#ifdef __cplusplus
}
#endif
#endif
