/* The TorchScript plug-in: tensors, noise, modules, and how it fails. */
#include "predict/torch/torch_runtime.h"
#include "test_predict_lead.h"
#include <dlfcn.h>

static const torchc_api *torch;

/* In a sanitizer build a tensor too large is to be refused, not to end the program. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

static int load(void **state) {
    (void)state;
    return lead_torch_runtime(&torch) == LEAD_OK ? 0 : -1;
}

static torchc_tensor *make(const float *values, const int64_t *shape, int dimensions) {
    torchc_tensor *tensor = NULL;
    assert_ok(torch->tensor_from_floats(values, shape, dimensions, "cpu", &tensor));
    return tensor;
}

static void tensors_go_in_and_out(void **state) {
    (void)state;
    const float values[6] = {1, 2, 3, 4, 5, 6.5f};
    const double doubles[6] = {1, 2, 3, 4, 5, 1e9 + 1};
    float back[6];
    double wide[6];
    const int64_t shape[2] = {2, 3}, other[2] = {3, -1};
    torchc_tensor *tensor = make(values, shape, 2), *second = NULL;
    assert_ok(torch->tensor_to_floats(tensor, back, 6));
    assert_memory_equal(values, back, sizeof values);
    assert_fails(torch->tensor_to_floats(tensor, back, 5), LEAD_INVALID,
                 "tensor [2, 3] has 6 values, room for 5");
    assert_ok(torch->tensor_expect(tensor, "it", shape, 2));
    assert_fails(torch->tensor_expect(tensor, "it", other, 2), LEAD_MODEL,
                 "it: expected shape [3, any], given [2, 3]");
    assert_ok(torch->tensor_from_doubles(doubles, shape, 2, "cpu", &second));
    assert_ok(torch->tensor_to_doubles(second, wide, 6));
    assert_true(wide[5] == (double)(float)doubles[5]);
    assert_ok(torch->tensor_blend(tensor, 2, -1, second));
    assert_ok(torch->tensor_to_floats(tensor, back, 6));
    assert_true(back[0] == 1 && back[3] == 4 && back[4] == 5 && back[5] == 13 - 1e9f);
    assert_ok(torch->tensor_fill(tensor, 3));
    assert_ok(torch->tensor_to_floats(tensor, back, 6));
    assert_true(back[0] == 3 && back[5] == 3);
    torch->tensor_free(second);
    second = make(values, (const int64_t[1]){6}, 1);
    assert_fails(torch->tensor_blend(tensor, 1, 1, second), LEAD_INVALID,
                 "blend of shapes [2, 3] and [6]");
    torch->tensor_free(tensor);
    torch->tensor_free(second);
    torch->tensor_free(NULL);
}

static void devices_are_found_or_told(void **state) {
    (void)state;
    char name[TORCHC_DEVICE];
    assert_ok(torch->find_device("cpu", name));
    assert_string_equal(name, "cpu");
    assert_ok(torch->find_device(NULL, name));
    assert_fails(torch->find_device("gpu", name), LEAD_INVALID, "expected auto, cpu or cuda:N");
    assert_fails(torch->find_device("cuda:x", name), LEAD_INVALID, "expected cuda:N");
    assert_fails(torch->find_device("cuda:99", name), LEAD_UNAVAILABLE, "cuda:99 asked for");
    assert_fails(torch->set_threads(0), LEAD_INVALID, "threads: 0");
    assert_ok(torch->set_threads(1));
    assert_true(torch->default_threads() >= 1);
}

static void modules_run(void **state) {
    (void)state;
    const float values[4] = {1, 2, 3, 4};
    const int64_t shape[2] = {2, 2};
    float sum[4], difference[4];
    int64_t length = 0;
    torchc_module *module = NULL;
    torchc_tensor *a = make(values, shape, 2), *outputs[3];
    const torchc_tensor *inputs[3] = {a, a, a};
    assert_ok(torch->module_load(fixture("pair.pt"), "cpu", TORCHC_SINGLE, &module));
    assert_ok(torch->module_integer(module, "history_length", 16, &length));
    assert_int_equal(length, 16);
    assert_ok(torch->module_freeze(module));
    assert_ok(torch->module_forward(module, inputs, 2, outputs, 2));
    assert_ok(torch->tensor_to_floats(outputs[0], sum, 4));
    assert_ok(torch->tensor_to_floats(outputs[1], difference, 4));
    assert_true(sum[3] == 8 && difference[3] == 0);
    torch->tensor_free(outputs[0]);
    torch->tensor_free(outputs[1]);
    assert_fails(torch->module_forward(module, inputs, 3, outputs, 2), LEAD_MODEL,
                 "forward takes 2 inputs, given 3");
    assert_fails(torch->module_forward(module, inputs, 2, outputs, 1), LEAD_MODEL,
                 "gives 2 outputs, expected 1");
    torchc_tensor *odd = make(values, (const int64_t[1]){3}, 1);
    inputs[1] = odd;
    assert_fails(torch->module_forward(module, inputs, 2, outputs, 2), LEAD_MODEL,
                 "pair.pt: torch: ");
    assert_null(outputs[0]);
    torch->tensor_free(odd);
    torch->tensor_free(a);
    torch->module_free(module);
}

/* What a module gives is the caller's to write on: neither its inputs nor what it keeps. */
static void outputs_are_new(void **state) {
    (void)state;
    const float values[4] = {1, 2, 3, 4};
    const int64_t shape[2] = {2, 2};
    float back[4];
    torchc_module *module = NULL;
    assert_ok(torch->module_load(fixture("echo.pt"), "cpu", TORCHC_SINGLE, &module));
    for (int frozen = 0; frozen < 2; frozen++) {
        torchc_tensor *a = make(values, shape, 2), *outputs[3];
        const torchc_tensor *inputs[1] = {a};
        for (int run = 0; run < 2; run++) {
            assert_ok(torch->module_forward(module, inputs, 1, outputs, 3));
            assert_ok(torch->tensor_to_floats(outputs[2], back, 4));
            assert_true(back[0] == 1);
            assert_ok(torch->tensor_fill(outputs[0], 9));
            assert_ok(torch->tensor_fill(outputs[2], 9));
            assert_ok(torch->tensor_to_floats(a, back, 4));
            assert_memory_equal(values, back, sizeof values);
            assert_ok(torch->tensor_to_floats(outputs[1], back, 4));
            assert_memory_equal(values, back, sizeof values);
            for (int i = 0; i < 3; i++)
                torch->tensor_free(outputs[i]);
        }
        torch->tensor_free(a);
        assert_ok(torch->module_freeze(module));
    }
    torch->module_free(module);
}

/* However deep in the module it went wrong, the message says what did. */
static void the_cause_is_told(void **state) {
    (void)state;
    const float values[4] = {1, 2, 3, 4};
    const int64_t shape[2] = {2, 2};
    torchc_module *module = NULL;
    torchc_tensor *a = make(values, shape, 2), *output;
    const torchc_tensor *inputs[1] = {a};
    assert_ok(torch->module_load(fixture("deep.pt"), "cpu", TORCHC_SINGLE, &module));
    assert_fails(torch->module_forward(module, inputs, 1, &output, 1), LEAD_MODEL,
                 "deep.pt: torch: mat1 and mat2 shapes cannot be multiplied (2x2 and 7x3)");
    assert_null(strchr(lead_last_message(), '\n'));
    torch->tensor_free(a);
    torch->module_free(module);
}

/* OMP_NUM_THREADS stands whatever number somebody has set meanwhile. */
static void threads_of_the_process(void **state) {
    (void)state;
    setenv("OMP_NUM_THREADS", "3", 1);
    assert_int_equal(torch->default_threads(), 3);
    assert_ok(torch->set_threads(1));
    assert_int_equal(torch->default_threads(), 3);
    setenv("OMP_NUM_THREADS", "5,2", 1); /* of nested levels */
    assert_int_equal(torch->default_threads(), 5);
    unsetenv("OMP_NUM_THREADS");
    assert_int_equal(torch->default_threads(), lead_cores());
}

/* A name in the process, or in the libraries that the plug-in brought. */
static void *known(const char *name) {
    void *libraries[] = {dlopen(NULL, RTLD_LAZY),
                         dlopen("libtorch_cpu.so", RTLD_LAZY | RTLD_NOLOAD),
                         dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_NOLOAD)};
    void *found = NULL;
    for (int i = 0; i < 3; i++)
        if (libraries[i] && !found)
            found = dlsym(libraries[i], name);
    return found;
}

/* A host's own choices: a number of BLAS threads, and the executor of TorchScript. */
static void the_process_is_left_as_it_was(void **state) {
    (void)state;
    const float values[4] = {1, 2, 3, 4};
    int (*threads)(void) = NULL;
    void (*set_threads)(int) = NULL;
    bool *(*profiling)(void) = NULL;
    *(void **)&threads = known("openblas_get_num_threads");
    *(void **)&set_threads = known("openblas_set_num_threads");
    *(void **)&profiling = known("_ZN5torch3jit16getProfilingModeEv"); /* torch/jit.h */
    assert_non_null(profiling);
    for (int profiled = 0; profiled < 2; profiled++) {
        torchc_module *module = NULL;
        torchc_tensor *a = make(values, (const int64_t[2]){2, 2}, 2), *outputs[2];
        const torchc_tensor *inputs[2] = {a, a};
        *profiling() = profiled == 1;
        if (set_threads)
            set_threads(2);
        assert_ok(torch->module_load(fixture("pair.pt"), "cpu", TORCHC_SINGLE, &module));
        assert_ok(torch->module_freeze(module));
        assert_ok(torch->module_forward(module, inputs, 2, outputs, 2));
        assert_true(*profiling() == (profiled == 1));
        assert_true(!threads || threads() == 2);
        torch->tensor_free(outputs[0]);
        torch->tensor_free(outputs[1]);
        torch->tensor_free(a);
        torch->module_free(module);
    }
}

static void what_is_no_module_is_told(void **state) {
    (void)state;
    torchc_module *module = NULL;
    assert_fails(torch->module_load(fixture("nothing.pt"), "cpu", TORCHC_SINGLE, &module), LEAD_IO,
                 "nothing.pt: cannot be opened");
    assert_fails(torch->module_load(fixture("window.txt"), "cpu", TORCHC_SINGLE, &module),
                 LEAD_FORMAT, "window.txt: torch: ");
    assert_null(module);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_go_in_and_out),
        cmocka_unit_test(devices_are_found_or_told),
        cmocka_unit_test(modules_run),
        cmocka_unit_test(what_is_no_module_is_told),
        cmocka_unit_test(outputs_are_new),
        cmocka_unit_test(the_cause_is_told),
        cmocka_unit_test(threads_of_the_process),
        cmocka_unit_test(the_process_is_left_as_it_was),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
