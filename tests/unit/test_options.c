/* Options out of their range are refused at the C interface by name: every member, every bad value.
 */
#include "support.h"
#include <lead/control.h>
#include <lead/engine.h>
#include <limits.h>

typedef enum kind { INT, LONG, TIME_STEP, DOUBLE } kind;

typedef struct member {
    const char *name;
    size_t at;
    kind kind;
    double bad[6]; /* 0 ends them, unless it is the first */
} member;

#define TE(member, kind, ...)                                                                      \
    {                                                                                              \
#member, offsetof(lead_te_options, member), kind, {                                        \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define PREDICTOR(member, kind, ...)                                                               \
    {                                                                                              \
#member, offsetof(lead_predictor_options, member), kind, {                                 \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define ENGINE(member, kind, ...)                                                                  \
    {                                                                                              \
#member, offsetof(lead_engine_options, member), kind, {                                    \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define POLICY(member, kind, ...)                                                                  \
    {                                                                                              \
#member, offsetof(lead_policy, member), kind, {                                            \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static void set(void *options, const member *row, double value) {
    void *at = (char *)options + row->at;
    if (row->kind == DOUBLE)
        memcpy(at, &value, sizeof value);
    else if (row->kind == LONG)
        memcpy(at, &(long){(long)value}, sizeof(long));
    else if (row->kind == TIME_STEP)
        memcpy(at, &(int64_t){(int64_t)value}, sizeof(int64_t));
    else
        memcpy(at, &(int){(int)value}, sizeof(int));
}

/* `alloc` makes a thing of the options and frees it. The message names the member, but for `said`.
 */
static void refuse(const member *rows, size_t count, const void *good, size_t size,
                   lead_status (*alloc)(const void *options)) {
    unsigned char options[1024];
    assert_true(size <= sizeof options);
    assert_ok(alloc(good));
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < 6 && (k == 0 || rows[i].bad[k] != 0); k++) {
            memcpy(options, good, size);
            set(options, &rows[i], rows[i].bad[k]);
            if (alloc(options) != LEAD_INVALID)
                fail_msg("%s = %g is taken", rows[i].name, rows[i].bad[k]);
            if (!strstr(lead_last_message(), rows[i].name))
                fail_msg("%s = %g: \"%s\"", rows[i].name, rows[i].bad[k], lead_last_message());
        }
}

static lead_topology *diamond;
static const char *te_name;

static lead_status alloc_te(const void *options) {
    lead_te *te = NULL;
    lead_status status = lead_te_alloc(lead_te_find(te_name), diamond, options, &te);
    lead_te_free(status == LEAD_OK ? te : NULL);
    return status;
}

static void of_te(void **state) {
    (void)state;
    static const member rows[] = {
        TE(weight_rule, INT, -1, 4, INT_MAX, INT_MIN),
        TE(objective, INT, -1, 4, INT_MAX, INT_MIN),
        TE(method, INT, -1, 2, INT_MAX),
        TE(time_limit, DOUBLE, -1, NAN, INFINITY, -INFINITY, 1e300),
        TE(threads, INT, -1, INT_MAX, INT_MIN),
        TE(gap, DOUBLE, -1, NAN, INFINITY, 1e300, 1),
        TE(evaluation_limit, LONG, -1, -1e15),
        TE(max_weight, INT, -1, INT_MAX, INT_MIN),
        TE(max_changes, INT, -1, INT_MAX, INT_MIN),
        TE(paths, INT, -1, INT_MAX, INT_MIN),
        TE(path_choice, INT, -1, 3, INT_MAX),
        TE(split_cap, DOUBLE, -1, NAN, INFINITY, 1.5),
        TE(plan_for, INT, -1, 3, INT_MAX),
        TE(cvar_weight, DOUBLE, -1, NAN, INFINITY, 1.5),
        TE(cvar_level, DOUBLE, -1, NAN, INFINITY, 1),
        TE(scenarios, INT, -1, INT_MAX, INT_MIN),
        TE(moved_cost, DOUBLE, -1, NAN, INFINITY),
        TE(moved_limit, DOUBLE, -1, NAN, INFINITY, 1.5),
        TE(survive, INT, -1, 3, 9, INT_MAX),
    };
    static const char *const names[] = {"ecmp",   "mcf", "weights",   "paths",
                                        "robust", "sr",  "oblivious", "smore"};
    lead_te_options good = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        te_name = names[i];
        refuse(rows, sizeof rows / sizeof *rows, &good, sizeof good, alloc_te);
    }
}

static lead_status alloc_predictor(const void *options) {
    lead_predictor *predictor = NULL;
    lead_status status = lead_predictor_alloc(lead_predictor_find("last"), options, &predictor);
    lead_predictor_free(status == LEAD_OK ? predictor : NULL);
    return status;
}

static void of_predictors(void **state) {
    (void)state;
    static const member rows[] = {
        PREDICTOR(node_count, INT, 0, -1, INT_MAX, INT_MIN),
        PREDICTOR(horizon, INT, 0, -1, INT_MAX),
        PREDICTOR(samples, INT, 0, -1, INT_MAX),
        PREDICTOR(step, TIME_STEP, 0, -1, 1e18, -1e18),
        PREDICTOR(window, INT, -1, INT_MAX),
        PREDICTOR(alpha, DOUBLE, -1, NAN, INFINITY, 1.5),
        PREDICTOR(diffusion_steps, INT, -1, INT_MAX),
        PREDICTOR(budget, DOUBLE, -1, NAN, INFINITY),
        PREDICTOR(threads, INT, -1, INT_MAX),
        PREDICTOR(expert_count, INT, -1, 2, INT_MAX),
    };
    lead_predictor_options good = {.node_count = 4, .horizon = 1, .samples = 1, .step = 300};
    refuse(rows, sizeof rows / sizeof *rows, &good, sizeof good, alloc_predictor);
}

static lead_status alloc_engine(const void *options) {
    lead_engine *engine = NULL;
    lead_status status = lead_engine_alloc(lead_engine_find("fluid"), options, &engine);
    lead_engine_free(status == LEAD_OK ? engine : NULL);
    return status;
}

static void of_engines(void **state) {
    (void)state;
    static const member rows[] = {
        ENGINE(packets, INT, -1, 4, INT_MAX),
        ENGINE(queue, INT, -1, 3, INT_MAX),
        ENGINE(epoch, DOUBLE, 0, -1, NAN, INFINITY),
        ENGINE(simulated, DOUBLE, 0, -1, NAN, INFINITY),
        ENGINE(mean_flow_bytes, DOUBLE, -1, NAN, INFINITY),
        ENGINE(convergence, DOUBLE, -1, NAN, INFINITY),
    };
    lead_engine_options good = {.topology = diamond,
                                .epoch = 300,
                                .simulated = 1,
                                .rate_scale = 1,
                                .packet_bytes = 1000,
                                .flows_per_pair = 1,
                                .queue_packets = 100};
    refuse(rows, sizeof rows / sizeof *rows, &good, sizeof good, alloc_engine);
}

static int64_t step = 300;

static lead_status alloc_controller(const void *policy) {
    lead_controller *controller = NULL;
    lead_tm_series *history;
    assert_ok(lead_tm_series_alloc(4, NULL, &history));
    lead_status status = lead_controller_alloc(diamond, policy, history, step, &controller);
    lead_controller_free(status == LEAD_OK ? controller : NULL);
    return status;
}

static void of_policies(void **state) {
    (void)state;
    static const member rows[] = {
        POLICY(every, INT, -1, INT_MAX, INT_MIN),
        POLICY(gain, DOUBLE, -1, NAN, INFINITY, 1.5),
        POLICY(budget, DOUBLE, -1, NAN, INFINITY),
    };
    lead_policy good = {
        .name = "p", .estimator = lead_estimator_find("od-counters"), .te = lead_te_find("mcf")};
    refuse(rows, sizeof rows / sizeof *rows, &good, sizeof good, alloc_controller);
    lead_policy none = {.name = "p", .te = good.te};
    assert_fails(alloc_controller(&none), LEAD_INVALID, "no estimator");
    step = 0;
    assert_fails(alloc_controller(&good), LEAD_INVALID, "step of 0 s");
    step = 300;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_te), cmocka_unit_test(of_predictors),
                                       cmocka_unit_test(of_engines), cmocka_unit_test(of_policies)};
    diamond = test_diamond();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lead_topology_free(diamond);
    return failed;
}
