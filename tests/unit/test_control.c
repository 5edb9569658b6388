/* control: the lap, and what it falls back on when a stage fails, returns nonsense or is late. */
#include "control/widen.h"
#include "support.h"
#include <lead/control.h>
#include <time.h>

enum { STEP = 300 };

/* --- stages that misbehave on demand ------------------------------------------------------------
 */

typedef enum mischief { NONE, FAIL, NOT_A_NUMBER, NEGATIVE, ALL_ZERO, SLOW } mischief;
static mischief predictor_does, te_does;

/* Time passes only where a stage takes some. */
static double test_time;

static double clock_of_test(void) {
    return test_time;
}

static void burn(double seconds) {
    test_time += seconds;
}

static lead_status odd_alloc(void *state, const lead_predictor_options *options) {
    *(int *)state = options->samples * options->horizon * options->node_count * options->node_count;
    return LEAD_OK;
}

static int shown_tms; /* to the forecast, and what the newest of them is */
static double shown_newest;

static lead_status odd_forecast(void *state, const lead_tm_series *history, int now, uint64_t draw,
                                double *samples) {
    (void)draw;
    shown_tms = now + 1;
    shown_newest = lead_tm_series_tm(history, now)[3];
    for (int i = 0; i < *(int *)state; i++)
        samples[i] = predictor_does == NOT_A_NUMBER ? NAN
                     : predictor_does == NEGATIVE   ? -1
                     : predictor_does == ALL_ZERO   ? 0
                                                    : 2;
    if (predictor_does == SLOW)
        burn(0.05);
    return predictor_does == FAIL ? lead_fail(LEAD_MODEL, "the model broke") : LEAD_OK;
}

static void odd_free(void *state) {
    (void)state;
}

static int odd_steps(const void *state) {
    return *(const int *)state;
}

static lead_predictor_type odd_predictor = {.name = "odd",
                                            .summary = "",
                                            .size = sizeof(int),
                                            .alloc = odd_alloc,
                                            .forecast = odd_forecast,
                                            .free = odd_free,
                                            .steps = odd_steps};

typedef struct odd_te_state {
    const lead_topology *topology;
    int plans;
} odd_te_state;

static double planned_for[16];
static int planned_samples, plan_count;

static lead_status odd_te_alloc(void *state, const lead_topology *topology,
                                const lead_te_options *options) {
    (void)options;
    *(odd_te_state *)state = (odd_te_state){topology, 0};
    return LEAD_OK;
}

/* Every plan has other weights, so that a change of routing can be seen. */
static lead_status odd_te_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    odd_te_state *self = state;
    double weights[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    weights[self->plans++ % 2 ? 0 : 2] = 5;
    plan_count++;
    planned_samples = demand->samples;
    lead_log(LEAD_LOG_INFO, "odd plan %d", plan_count);
    memcpy(planned_for, demand->tms, sizeof planned_for);
    if (te_does == SLOW)
        burn(0.05);
    if (te_does == FAIL)
        return lead_fail(LEAD_INFEASIBLE, "the plan broke");
    return lead_routing_from_weights(self->topology, weights, &plan->routing);
}

static const lead_te_type odd_te = {
    .name = "odd",
    .summary = "",
    .needs_demand = true,
    .size = sizeof(odd_te_state),
    .alloc = odd_te_alloc,
    .plan = odd_te_plan,
    .free = odd_free,
};

/* --- a controller of them ------------------------------------------------------------------------
 */

typedef struct setup {
    lead_topology *topology;
    lead_controller *controller;
    lead_counters *reading;
    lead_decision decision;
} setup;

static setup make_all(const char *estimator, double budget, int past, int every, double gain) {
    setup made = {.topology = test_diamond()};
    lead_policy policy = {.name = "odd",
                          .estimator = lead_estimator_find(estimator),
                          .predictor = &odd_predictor,
                          .te = &odd_te,
                          .budget = budget,
                          .clock = clock_of_test,
                          .every = every,
                          .gain = gain};
    lead_tm_series *history;
    double tm[16] = {0};
    tm[3] = 1;
    predictor_does = te_does = NONE;
    plan_count = 0;
    policy.predictor_options.samples = 4;
    assert_ok(lead_tm_series_alloc(4, NULL, &history));
    for (int i = 0; i < past; i++)
        assert_ok(lead_tm_series_append(history, (i - past) * STEP, tm));
    assert_ok(lead_controller_alloc(made.topology, &policy, history, STEP, &made.controller));
    assert_ok(lead_counters_alloc(4, 8, &made.reading));
    assert_ok(lead_controller_baseline(made.controller, made.reading));
    return made;
}

static setup make_every(double budget, int past, int every, double gain) {
    return make_all("od-counters", budget, past, every, gain);
}

static setup make_with(const char *estimator, int past) {
    return make_all(estimator, 0, past, 1, 0);
}

static setup make(double budget, int past) {
    return make_every(budget, past, 1, 0);
}

static void release(setup made) {
    lead_controller_free(made.controller);
    lead_counters_free(made.reading);
    lead_topology_free(made.topology);
}

/* One more epoch of 2 s with `bytes` from A to D. */
static void lap(setup *made, int epoch, uint64_t bytes) {
    made->reading->time += 2;
    made->reading->od_offered[3] += bytes;
    assert_ok(lead_controller_step(made->controller, made->reading, epoch * STEP, &made->decision));
}

static void a_lap_measures_forecasts_and_plans(void **state) {
    (void)state;
    setup made = make(0, 3);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    assert_non_null(made.decision.routing);
    assert_null(made.decision.tm);
    lap(&made, 0, 10);
    assert_near(made.decision.tm[3], 40, 1e-9);
    assert_int_equal(made.decision.sample_count, 4);
    assert_near(planned_for[3], 2, 0);
    assert_int_equal(made.decision.fallbacks, 0);
    assert_string_equal(made.decision.why, "");
    release(made);
}

/* Three epochs a plan: the TMs of three steps are planned for, at laps 0, 3, 6 and where a link
 * changes. */
static void a_plan_is_for_several_epochs(void **state) {
    (void)state;
    static const int plans[] = {1, 1, 1, 2, 3, 3, 3, 4};
    setup made = make_every(0, 3, 3, 0);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    assert_int_equal(planned_samples, 12);
    for (int epoch = 0; epoch < 8; epoch++) {
        assert_int_equal(plan_count, plans[epoch]);
        assert_int_equal(made.decision.sample_count, 4);
        if (epoch == 3)
            assert_ok(lead_controller_set_up(made.controller, 0, false));
        lap(&made, epoch, 10);
    }
    release(made);
}

/* The odd plans differ but are equally good: none is worth to re-route for, until a link changes.
 */
static void a_gain_too_small_is_no_reason(void **state) {
    (void)state;
    setup made = make_every(0, 3, 1, 0.01);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    const lead_routing *first = made.decision.routing;
    for (int epoch = 0; epoch < 3; epoch++) {
        lap(&made, epoch, 10);
        assert_ptr_equal(made.decision.routing, first);
        assert_int_equal(made.decision.fallbacks, 0);
    }
    assert_int_equal(plan_count, 4);
    assert_ok(lead_controller_set_up(made.controller, 0, false));
    lap(&made, 3, 10);
    assert_ptr_not_equal(made.decision.routing, first);
    release(made);
}

/* A reading that is told for a time that has been is no reason to stop routing. */
static void a_time_that_has_been_is_a_fallback(void **state) {
    (void)state;
    setup made = make(0, 3);
    lap(&made, 0, 10);
    lap(&made, 0, 20);
    assert_int_equal(made.decision.fallbacks, 1u << LEAD_FALLBACK_MEASURE);
    assert_non_null(strstr(made.decision.why, "does not come after"));
    assert_non_null(made.decision.routing);
    lap(&made, 1, 30);
    assert_int_equal(made.decision.fallbacks, 0);
    assert_near(made.decision.tm[3], 120, 1e-9);
    release(made);
}

static void a_bad_forecast_becomes_the_last_tm(void **state) {
    (void)state;
    static const mischief all[] = {FAIL, NOT_A_NUMBER, NEGATIVE, ALL_ZERO};
    static const char *const why[] = {"the model broke", "nan bit/s from node",
                                      "-1 bit/s from node", "all zero"};
    setup made = make(0, 3);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    for (int i = 0; i < 4; i++) {
        predictor_does = all[i];
        lap(&made, i, 10);
        assert_int_equal(made.decision.fallbacks, 1u << LEAD_FALLBACK_PREDICT);
        assert_non_null(strstr(made.decision.why, why[i]));
        assert_null(made.decision.samples);
        assert_near(planned_for[3], 40, 1e-9);
    }
    predictor_does = NONE;
    lap(&made, 4, 10);
    assert_int_equal(made.decision.fallbacks, 0);
    release(made);
}

/* Whoever knows the truth may say that there is no traffic. */
static void no_traffic_may_be_the_truth(void **state) {
    (void)state;
    setup made = make(0, 3);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    odd_predictor.knows_truth = true;
    predictor_does = ALL_ZERO;
    lap(&made, 0, 10);
    assert_int_equal(made.decision.fallbacks, 0);
    assert_near(planned_for[3], 0, 0);
    odd_predictor.knows_truth = false;
    lap(&made, 1, 10);
    assert_int_equal(made.decision.fallbacks, 1u << LEAD_FALLBACK_PREDICT);
    predictor_does = NONE;
    release(made);
}

static double split_of(const setup *made) {
    return lead_routing_splits(made->decision.routing, 3)[0];
}

static void a_bad_plan_keeps_the_routing(void **state) {
    (void)state;
    setup made = make(0, 3);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    double before = split_of(&made);
    te_does = FAIL;
    lap(&made, 0, 10);
    assert_int_equal(made.decision.fallbacks, 1u << LEAD_FALLBACK_PLAN);
    assert_near(split_of(&made), before, 0);
    te_does = NONE;
    lap(&made, 1, 10);
    assert_near(split_of(&made), before, 0); /* the third plan is the first one again */
    lap(&made, 2, 10);
    assert_true(split_of(&made) != before);
    release(made);
}

static void the_forecasts_steps_are_told(void **state) {
    (void)state;
    setup made = make(0, 3);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    assert_int_equal(made.decision.diffusion_steps, 4 * 16);
    predictor_does = FAIL;
    lap(&made, 0, 10);
    assert_int_equal(made.decision.diffusion_steps, 0);
    release(made);
}

static void late_stages_do_not_count(void **state) {
    (void)state;
    setup made = make(0.02, 3);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    double before = split_of(&made);
    te_does = SLOW;
    lap(&made, 0, 10);
    assert_true(made.decision.fallbacks & (1u << LEAD_FALLBACK_PLAN_LATE));
    assert_near(split_of(&made), before, 0);
    te_does = NONE;
    predictor_does = SLOW;
    lap(&made, 1, 10);
    assert_true(made.decision.fallbacks & (1u << LEAD_FALLBACK_PREDICT_LATE));
    assert_near(planned_for[3], 40, 1e-9);
    release(made);
}

static void a_missing_measurement_repeats_the_last(void **state) {
    (void)state;
    setup made = make(0, 3);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    lap(&made, 0, 10);
    made.reading->time -= 2; /* the clock stands still: no rate can be told */
    lap(&made, 1, 0);
    assert_int_equal(made.decision.fallbacks, 1u << LEAD_FALLBACK_MEASURE);
    assert_near(made.decision.tm[3], 40, 1e-9);
    assert_int_equal(made.decision.gaps, 12); /* no diagonal */
    release(made);
}

/* A node that is silent, its diagonal too, is three pairs to every estimator. */
static void gaps_are_counted_alike_by_all_estimators(void **state) {
    (void)state;
    static const char *const names[] = {"od-counters", "state-space", "gravity", "tomogravity",
                                        "minimum-kl"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        setup made = make_with(names[i], 3);
        assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
        lap(&made, 0, 10);
        assert_int_equal(made.decision.gaps, 0);
        memset(made.reading->od_missing, 1, 4);
        lap(&made, 1, 10);
        assert_int_equal(made.decision.gaps, 3);
        assert_int_equal(made.decision.fallbacks, 0);
        release(made);
    }
}

static void without_any_traffic_known_there_is_still_a_routing(void **state) {
    (void)state;
    setup made = make(0, 0);
    te_does = FAIL;
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    assert_non_null(made.decision.routing);
    assert_near(split_of(&made), 0.5, 1e-12); /* inverse-capacity ECMP */
    release(made);
}

static void links_that_fail_are_planned_around(void **state) {
    (void)state;
    setup made = make(0, 3);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    assert_ok(lead_controller_set_up(made.controller, 0, false));
    lap(&made, 0, 10);
    assert_near(split_of(&made), 0, 0);
    assert_fails(lead_controller_set_up(made.controller, 99, false), LEAD_INVALID, "link index 99");
    release(made);
}

static void keep_line(lead_log_level level, const char *line, void *data) {
    (void)level;
    snprintf(data, 200, "%s", line);
}

/* What an algorithm warns of says whose plan and when, and nothing else does. */
static void warnings_of_a_lap_name_policy_and_epoch(void **state) {
    (void)state;
    setup made = make(0, 3);
    char line[200] = "";
    lead_log_set_sink(keep_line, line);
    assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
    assert_string_equal(line, "policy \"odd\", epoch 0: odd plan 1");
    lap(&made, 0, 10);
    assert_string_equal(line, "policy \"odd\", epoch 1: odd plan 2");
    lead_log(LEAD_LOG_INFO, "later");
    assert_string_equal(line, "later");
    lead_log_set_sink(NULL, NULL);
    release(made);
}

static void fallbacks_have_names(void **state) {
    (void)state;
    assert_string_equal(lead_fallback_name(LEAD_FALLBACK_PREDICT), "PREDICT");
    assert_non_null(strstr(lead_fallback_text(LEAD_FALLBACK_PLAN_LATE), "late"));
    assert_string_equal(lead_fallback_name(LEAD_FALLBACK_COUNT), "?");
}

/* However long a run is, it keeps what predictors look back to and no more than twice that. */
static void the_history_is_bounded(void **state) {
    (void)state;
    setup made = make(0, 3);
    int most = 0;
    for (int epoch = 0; epoch < 13000; epoch++) {
        lap(&made, epoch, (uint64_t)(1 + epoch));
        assert_int_equal(made.decision.fallbacks, 0);
        assert_near(shown_newest, 4.0 * (1 + epoch), 1e-6); /* bytes in 2 s */
        assert_true(shown_tms >= (epoch < 4096 ? epoch : 4096));
        most = shown_tms > most ? shown_tms : most;
    }
    assert_true(most < 2 * 4200);
    release(made);
}

/* --- gaps ---------------------------------------------------------------------------------------
 */

/* Mean 1 and the variance that was asked for; what was measured, or is 0, stays; steps go together.
 */
static void a_gap_widens_the_samples_of_its_pair(void **state) {
    (void)state;
    enum { COUNT = 500, STEPS = 2, PAIRS = 3 };
    static double samples[COUNT * STEPS * PAIRS], again[COUNT * STEPS * PAIRS];
    const double tm[PAIRS] = {50, 50, 0}, variance[PAIRS] = {0, 100, 100};
    double shifts[COUNT], sum = 0, squares = 0;
    lead_widening widening = {tm, variance, PAIRS, COUNT, STEPS, 7, shifts};
    for (int i = 0; i < COUNT * STEPS * PAIRS; i++)
        samples[i] = again[i] = 30;
    lead_widen(&widening, samples);
    lead_widen(&widening, again);
    assert_memory_equal(samples, again, sizeof samples);
    for (int k = 0; k < COUNT; k++) {
        const double *first = samples + k * STEPS * PAIRS, *second = first + PAIRS;
        assert_near(first[0], 30, 0);
        assert_near(first[2], 30, 0);
        assert_true(first[1] > 0);
        assert_near(second[1], first[1], 1e-12);
        sum += first[1] / COUNT;
        squares += first[1] * first[1] / COUNT;
    }
    assert_near(sum, 30, 1e-9);
    assert_near(sqrt(squares - sum * sum), 30 * 10.0 / 50, 0.1);
    widening.count = 1;
    again[1] = 30;
    lead_widen(&widening, again);
    assert_near(again[1], 30, 0);
}

/* The same lap twice, the last pair's counter lost in the second: the samples of this pair alone
 * are others. */
static void samples_are_wider_after_a_gap(void **state) {
    (void)state;
    for (int lost = 0; lost < 2; lost++) {
        setup made = make_with("state-space", 3);
        assert_ok(lead_controller_step(made.controller, NULL, 0, &made.decision));
        made.reading->od_offered[1] = 10;
        lap(&made, 0, 10);
        made.reading->od_offered[1] += 10;
        made.reading->od_missing[3] = (unsigned char)lost;
        memset(made.reading->link_missing, 1, 8);
        lap(&made, 1, 10);
        assert_int_equal(made.decision.gaps, lost);
        assert_int_equal(made.decision.fallbacks, 0);
        assert_non_null(made.decision.variance);
        assert_int_equal(made.decision.variance[3] > 0, lost);
        double least = INFINITY, most = 0;
        for (int k = 0; k < made.decision.sample_count; k++) {
            const double *sample = made.decision.samples + 16 * k;
            assert_near(sample[1], 2, 0);
            least = fmin(least, sample[3]);
            most = fmax(most, sample[3]);
        }
        assert_int_equal(most > least * 1.01, lost);
        release(made);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warnings_of_a_lap_name_policy_and_epoch),
        cmocka_unit_test(gaps_are_counted_alike_by_all_estimators),
        cmocka_unit_test(a_gap_widens_the_samples_of_its_pair),
        cmocka_unit_test(samples_are_wider_after_a_gap),
        cmocka_unit_test(a_lap_measures_forecasts_and_plans),
        cmocka_unit_test(a_plan_is_for_several_epochs),
        cmocka_unit_test(a_gain_too_small_is_no_reason),
        cmocka_unit_test(a_time_that_has_been_is_a_fallback),
        cmocka_unit_test(a_bad_forecast_becomes_the_last_tm),
        cmocka_unit_test(no_traffic_may_be_the_truth),
        cmocka_unit_test(a_bad_plan_keeps_the_routing),
        cmocka_unit_test(the_forecasts_steps_are_told),
        cmocka_unit_test(late_stages_do_not_count),
        cmocka_unit_test(a_missing_measurement_repeats_the_last),
        cmocka_unit_test(without_any_traffic_known_there_is_still_a_routing),
        cmocka_unit_test(links_that_fail_are_planned_around),
        cmocka_unit_test(the_history_is_bounded),
        cmocka_unit_test(fallbacks_have_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
