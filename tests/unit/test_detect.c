/* Detection: tails against closed forms, causes of anomalies that were put there, what is gapped.
 */
#include "detect/scoring.h"
#include "detect/tail.h"
#include "support.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <lead/detect.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 6, PAIRS = N * N, SAMPLES = 21 };
static const double rate = 1e8, sigma = 0.1; /* bit/s of each pair; of the log of its noise */
static const lead_detect_options usual = {.level = 1e-3, .quiet = 3};

/* A network in which each pair sends `rate` times log-normal noise, which the samples know. */
typedef struct world {
    lead_detector *detector;
    lead_routing *routing; /* NULL: none */
    gsl_rng *random;
    double samples[SAMPLES * PAIRS], tm[PAIRS], factor[PAIRS];
    unsigned char gap[PAIRS];
    int epoch;
} world;

static void begin(world *self) {
    *self = (world){.random = gsl_rng_alloc(gsl_rng_mt19937)};
    assert_ok(lead_detector_alloc(N, &usual, &self->detector));
    for (int k = 0; k < SAMPLES; k++)
        for (int od = 0; od < PAIRS; od++)
            self->samples[k * PAIRS + od] =
                rate * exp(sigma * gsl_cdf_ugaussian_Pinv((k + 0.5) / SAMPLES));
    for (int od = 0; od < PAIRS; od++)
        self->factor[od] = 1;
}

static void end(world *self) {
    lead_detector_free(self->detector);
    lead_routing_free(self->routing);
    gsl_rng_free(self->random);
}

static lead_surprise pass(world *self) {
    lead_surprise out;
    for (int od = 0; od < PAIRS; od++)
        self->tm[od] = self->factor[od] * rate * exp(gsl_ran_gaussian(self->random, sigma));
    lead_detect_epoch epoch = {.epoch = self->epoch++,
                               .samples = self->samples,
                               .sample_count = SAMPLES,
                               .tm = self->tm,
                               .gap = self->gap,
                               .routing = self->routing};
    assert_ok(lead_detector_judge(self->detector, &epoch, &out));
    return out;
}

static void pass_quietly(world *self, int epochs) {
    for (int i = 0; i < epochs; i++)
        pass(self);
}

/* Multiplies what chosen pairs send: sources and destinations from `from` to `to`, -1 any. */
static void multiply(world *self, int source, int destination, double factor) {
    for (int od = 0; od < PAIRS; od++)
        if ((source < 0 || od / N == source) && (destination < 0 || od % N == destination))
            self->factor[od] = factor;
}

/* Passes epochs until the anomaly that is on is over, and gives it. */
static lead_anomaly wait_for_end(world *self) {
    assert_non_null(lead_detector_open_anomaly(self->detector));
    for (int i = 0; i < 20; i++) {
        lead_surprise out = pass(self);
        if (out.ended)
            return *out.ended;
    }
    fail_msg("the anomaly does not end");
    return (lead_anomaly){0};
}

static void test_tail_of_an_exponential(void **state) {
    lead_tail tail = {0};
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    for (int i = 0; i < 20000; i++)
        lead_tail_add(&tail, gsl_ran_exponential(random, 1));
    lead_tail_settle(&tail);
    assert_true(fabs(lead_tail_above(&tail, 0.5) / exp(-0.5) - 1) < 0.03);
    assert_true(fabs(lead_tail_threshold(&tail, 0.05) - log(20)) < 0.1);
    lead_tail_fit fit =
        lead_tail_fit_beyond(&tail, log(20), (lead_tail_belief){.mean = 1, .worth = 1});
    /* 1000 times beyond what was seen */
    double told = lead_tail_fit_above(&fit, log(2e7));
    assert_true(told > 0.5e-7 / 3 && told < 5e-7);
    gsl_rng_free(random);
    (void)state;
}

static void test_tail_of_a_pareto_has_its_shape(void **state) {
    lead_tail tail = {0};
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    for (int i = 0; i < 50000; i++) /* generalised Pareto with shape 0.4, scale 1 */
        lead_tail_add(&tail, (pow(gsl_rng_uniform_pos(random), -0.4) - 1) / 0.4);
    lead_tail_settle(&tail);
    lead_tail_fit fit = lead_tail_fit_beyond(&tail, 1, (lead_tail_belief){.mean = 1, .worth = 1});
    assert_true(fabs(fit.shape - 0.4) < 0.06);
    gsl_rng_free(random);
    (void)state;
}

/* Before anything was learnt the samples alone decide: those of a normal distribution of the log
 * give the normal distribution's tail. */
static void test_normal_samples_have_a_normal_tail(void **state) {
    enum { MANY = 4001 };
    static double samples[MANY * PAIRS], tm[PAIRS];
    const double narrow = 0.02, scores[] = {0.5, 1, 2, 3, 4};
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
        lead_detector *detector;
        lead_surprise out;
        assert_ok(lead_detector_alloc(N, &usual, &detector));
        for (int od = 0; od < PAIRS; od++)
            tm[od] = rate;
        for (int k = 0; k < MANY; k++)
            for (int od = 0; od < PAIRS; od++)
                samples[k * PAIRS + od] =
                    rate * exp(narrow * gsl_cdf_ugaussian_Pinv((k + 0.5) / MANY));
        tm[1 * N + 4] = rate * exp(-narrow * scores[i]);
        lead_detect_epoch epoch = {.samples = samples, .sample_count = MANY, .tm = tm};
        assert_ok(lead_detector_judge(detector, &epoch, &out));
        assert_true(isnan(out.tail)); /* of the network nothing is known yet */
        assert_int_equal(out.judged, N * (N - 1));
        assert_int_equal(out.source, 1);
        assert_int_equal(out.destination, 4);
        double expected = 2 * gsl_cdf_ugaussian_Q(scores[i]);
        assert_true(fabs(out.pair_tail / expected - 1) < 0.1);
        assert_true(lead_detector_pair_tails(detector)[1 * N + 4] == out.pair_tail);
        assert_true(isnan(lead_detector_pair_tails(detector)[0]));
        lead_detector_free(detector);
    }
    (void)state;
}

/* As often below a level as the level says, and few anomalies. */
static void test_quiet_epochs_are_no_anomalies(void **state) {
    world self;
    int below = 0, ended = 0;
    begin(&self);
    pass_quietly(&self, 200);
    for (int i = 0; i < 2000; i++) {
        lead_surprise out = pass(&self);
        assert_true(out.tail >= 0 && out.tail <= 1);
        below += out.tail < 0.02;
        ended += out.ended != NULL;
    }
    assert_in_range(below, 10, 80);
    assert_in_range(ended, 0, 6);
    end(&self);
    (void)state;
}

static void check_cause(world *self, lead_cause cause, int node) {
    int first = self->epoch;
    pass(self);
    pass(self);
    for (int od = 0; od < PAIRS; od++)
        self->factor[od] = 1;
    lead_anomaly anomaly = wait_for_end(self);
    assert_int_equal(anomaly.first, first);
    assert_int_equal(anomaly.last, first + 1);
    assert_string_equal(lead_cause_name(anomaly.cause), lead_cause_name(cause));
    assert_int_equal(anomaly.node, node);
    assert_true(anomaly.tail < 1e-3);
    assert_false(anomaly.open);
    assert_null(lead_detector_open_anomaly(self->detector));
}

static void test_causes(void **state) {
    world self;
    begin(&self);
    pass_quietly(&self, 300);
    multiply(&self, 2, -1, 2);
    check_cause(&self, LEAD_CAUSE_SOURCE, 2);
    multiply(&self, -1, 3, 2);
    check_cause(&self, LEAD_CAUSE_DESTINATION, 3);
    multiply(&self, 5, -1, 1e-9);
    multiply(&self, -1, 5, 1e-9);
    check_cause(&self, LEAD_CAUSE_NODE, 5);
    multiply(&self, -1, -1, 1.7);
    check_cause(&self, LEAD_CAUSE_ALL, -1);
    multiply(&self, 4, 1, 10);
    check_cause(&self, LEAD_CAUSE_PAIR, -1);
    multiply(&self, 4, 1, 10);
    multiply(&self, 0, 3, 0.05);
    check_cause(&self, LEAD_CAUSE_PAIRS, -1);
    end(&self);
    (void)state;
}

/* Size and place of one pair's burst; it goes on until it is over. */
static void test_size(void **state) {
    world self;
    begin(&self);
    pass_quietly(&self, 300);
    multiply(&self, 4, 1, 10);
    pass(&self);
    const lead_anomaly *on = lead_detector_open_anomaly(self.detector);
    assert_non_null(on);
    assert_true(on->open);
    assert_int_equal(on->pair_count, 1);
    assert_int_equal(on->sources[0], 4);
    assert_int_equal(on->destinations[0], 1);
    assert_true(fabs(on->size / (self.tm[4 * N + 1] - rate) - 1) < 1e-6);
    assert_true(on->explained > 0.8 && on->explained <= 1);
    multiply(&self, 4, 1, 1e-9);
    pass(&self);
    assert_int_equal(lead_detector_open_anomaly(self.detector)->last, self.epoch - 1);
    end(&self);
    (void)state;
}

/* A burst of twelve epochs under a plan for twelve, and then what is `part` of the usual traffic:
 * the forecast that was made inside the burst takes it to go on. The burst that the fall ends. */
static lead_anomaly burst_and(world *self, double part) {
    multiply(self, 2, -1, 2);
    int first = self->epoch;
    for (int i = 0; i < 12; i++)
        assert_null(pass(self).ended);
    multiply(self, 2, -1, part); /* a fall says more than the burst did */
    lead_surprise out = pass(self);
    assert_non_null(out.ended);
    assert_int_equal(out.ended->first, first);
    assert_int_equal(out.ended->last, first + 11);
    assert_int_equal(out.ended->cause, LEAD_CAUSE_SOURCE);
    assert_true(out.ended->size > 0 && out.ended->peak < first + 12);
    assert_false(out.ended->open);
    return *out.ended;
}

/* Below what was usual before, and forecast: no echo, whether it is far below or not. */
static void test_an_anomaly_ends_where_it_turns(void **state) {
    static const double parts[] = {0.2, 0.55};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        world self;
        begin(&self);
        pass_quietly(&self, 300);
        lead_anomaly burst = burst_and(&self, parts[i]);
        multiply(&self, 2, -1, 1);
        lead_anomaly fall = wait_for_end(&self);
        assert_int_equal(fall.first, burst.last + 1);
        assert_int_equal(fall.last, burst.last + 1);
        assert_int_equal(fall.node, 2);
        assert_true(fall.size < 0);
        end(&self);
    }
    (void)state;
}

static void scale_forecasts(world *self, int source, double factor) {
    for (int k = 0; k < SAMPLES; k++)
        for (int od = source * N; od < (source + 1) * N; od++)
            self->samples[k * PAIRS + od] *= factor;
}

/* Back to what was usual before, under forecasts that take the burst to go on: no anomaly of its
 * own, until it is over. */
static void test_an_echo_is_no_anomaly(void **state) {
    world self;
    begin(&self);
    pass_quietly(&self, 300);
    multiply(&self, 2, -1, 2);
    int first = self.epoch;
    for (int i = 0; i < 12; i++)
        assert_null(pass(&self).ended);
    multiply(&self, 2, -1, 1);
    scale_forecasts(&self, 2, 2);
    lead_surprise out = pass(&self);
    assert_true(out.tail < 1e-3);
    assert_non_null(out.ended);
    assert_int_equal(out.ended->first, first);
    for (int i = 0; i < 5; i++) {
        assert_null(lead_detector_open_anomaly(self.detector));
        assert_null(pass(&self).ended);
    }
    scale_forecasts(&self, 2, 0.5);
    pass_quietly(&self, usual.quiet);
    assert_null(lead_detector_open_anomaly(self.detector));
    multiply(&self, 2, -1, 0.2);
    pass(&self);
    assert_non_null(lead_detector_open_anomaly(self.detector));
    end(&self);
    (void)state;
}

/* The same where the forecast had followed in part by the epoch that stands out most. */
static void test_an_echo_is_back_at_what_was_expected_first(void **state) {
    world self;
    begin(&self);
    pass_quietly(&self, 300);
    multiply(&self, 2, -1, 5);
    pass(&self);
    const double first = lead_detector_open_anomaly(self.detector)->expected;
    multiply(&self, 2, -1, 12);
    scale_forecasts(&self, 2, 2.5);
    pass(&self);
    assert_true(lead_detector_open_anomaly(self.detector)->expected > 2 * first);
    multiply(&self, 2, -1, 1);
    scale_forecasts(&self, 2, 4);
    assert_non_null(pass(&self).ended);
    assert_null(lead_detector_open_anomaly(self.detector));
    end(&self);
    (void)state;
}

static void scale_pair(world *self, int od, double factor) {
    for (int k = 0; k < SAMPLES; k++)
        self->samples[k * PAIRS + od] *= factor;
}

/* A burst of two pairs that forecasts follow; then the first is back at what was usual, and so is
 * the second, or in its place another pair falls. Whether that begins an anomaly. The pair that
 * stands out most is not the one that did in the burst. */
static bool begins_after_two_pairs(int second) {
    enum { A = 0 * N + 1, B = 3 * N + 4 };
    world self;
    begin(&self);
    pass_quietly(&self, 300);
    self.factor[A] = 3;
    self.factor[B] = 2.5;
    pass_quietly(&self, 12);
    const lead_anomaly *burst = lead_detector_open_anomaly(self.detector);
    assert_non_null(burst);
    assert_int_equal(burst->cause, LEAD_CAUSE_PAIRS);
    assert_int_equal(burst->pair_count, 2);
    assert_int_equal(burst->sources[0] * N + burst->destinations[0], A);
    self.factor[A] = self.factor[B] = 1;
    scale_pair(&self, A, 2.5);
    scale_pair(&self, second, 3);
    assert_non_null(pass(&self).ended);
    bool begins = lead_detector_open_anomaly(self.detector) != NULL;
    end(&self);
    return begins;
}

/* All pairs that are named have to be the same, in any order. */
static void test_an_echo_is_of_the_same_pairs(void **state) {
    assert_false(begins_after_two_pairs(3 * N + 4));
    assert_true(begins_after_two_pairs(5 * N + 2));
    (void)state;
}

/* The pairs over one link: a chain 0-1-2-3-4-5 in which 0, 1, 2 send to 3, 4, 5 by it. */
static void test_cause_is_a_link(void **state) {
    world self;
    lead_topology *topology;
    double weights[2 * (N - 1)];
    char name[2] = "a";
    begin(&self);
    assert_ok(lead_topology_alloc(&topology));
    for (int i = 0; i < N; i++, name[0]++)
        assert_ok(lead_topology_add_node(topology, name, NULL));
    for (int i = 0; i < N - 1; i++) {
        lead_link link = {.source = i, .destination = i + 1, .capacity = 1e9, .up = true};
        assert_ok(lead_topology_add_link(topology, link, NULL));
        link.source = i + 1;
        link.destination = i;
        assert_ok(lead_topology_add_link(topology, link, NULL));
        weights[2 * i] = weights[2 * i + 1] = 1;
    }
    assert_ok(lead_routing_from_weights(topology, weights, &self.routing));
    pass_quietly(&self, 300);
    for (int od = 0; od < PAIRS; od++)
        self.factor[od] = od / N < 3 && od % N >= 3 ? 0.3 : 1;
    pass(&self);
    const lead_anomaly *on = lead_detector_open_anomaly(self.detector);
    assert_non_null(on);
    assert_int_equal(on->cause, LEAD_CAUSE_LINK);
    assert_int_equal(on->link, 4); /* from node 2 to node 3 */
    assert_true(on->size < 0);
    end(&self);
    lead_topology_free(topology);
    (void)state;
}

static void test_what_is_gapped_is_not_judged(void **state) {
    world self;
    begin(&self);
    pass_quietly(&self, 300);
    multiply(&self, 4, 1, 100);
    self.gap[4 * N + 1] = 1;
    lead_surprise out = pass(&self);
    assert_int_equal(out.judged, N * (N - 1) - 1);
    assert_true(out.tail > 1e-3);
    memset(self.gap, 1, sizeof self.gap);
    out = pass(&self);
    assert_int_equal(out.judged, 0);
    assert_int_equal(out.source, -1);
    assert_true(isnan(out.tail) && isnan(out.pair_tail));
    assert_null(lead_detector_open_anomaly(self.detector));
    lead_detect_epoch without = {.tm = self.tm}; /* no forecast */
    assert_ok(lead_detector_judge(self.detector, &without, &out));
    assert_true(isnan(out.tail));
    end(&self);
    (void)state;
}

/* One sample has no spread: past errors say what is usual, those of a history from the start. */
static void test_one_sample_and_a_history(void **state) {
    lead_tm_series *history;
    lead_detector *detector;
    lead_surprise out;
    double tm[PAIRS] = {0}, before[PAIRS];
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    assert_ok(lead_tm_series_alloc(N, NULL, &history));
    for (int i = 0; i < 400; i++) {
        memcpy(before, tm, sizeof tm);
        for (int od = 0; od < PAIRS; od++)
            tm[od] = rate * exp(gsl_ran_gaussian(random, sigma));
        assert_ok(lead_tm_series_append(history, 300 * i, tm));
    }
    assert_ok(lead_detector_alloc(N, &usual, &detector));
    lead_detect_epoch epoch = {.samples = before, .sample_count = 1, .tm = tm};
    assert_ok(lead_detector_judge(detector, &epoch, &out));
    assert_int_equal(out.judged, 0); /* nothing is known yet */
    lead_detector_free(detector);
    assert_ok(lead_detector_alloc(N, &usual, &detector));
    assert_ok(lead_detector_learn(detector, history, 300));
    assert_ok(lead_detector_judge(detector, &epoch, &out));
    assert_int_equal(out.judged, N * (N - 1));
    assert_true(out.tail > 1e-3);
    tm[2] *= 30;
    assert_ok(lead_detector_judge(detector, &epoch, &out));
    assert_true(out.tail < 1e-3);
    assert_int_equal(out.destination, 2);
    lead_detector_free(detector);
    lead_tm_series_free(history);
    gsl_rng_free(random);
    (void)state;
}

static void test_options_out_of_range(void **state) {
    lead_detector *detector;
    lead_detect_options options = {.level = 0.6, .quiet = 1};
    assert_fails(lead_detector_alloc(N, &options, &detector), LEAD_INVALID, "level of 0.6");
    options = (lead_detect_options){.level = NAN, .quiet = 1};
    assert_fails(lead_detector_alloc(N, &options, &detector), LEAD_INVALID, "level of nan");
    options = (lead_detect_options){.level = 0.1, .quiet = 0};
    assert_fails(lead_detector_alloc(N, &options, &detector), LEAD_INVALID, "quiet of 0");
    assert_fails(lead_detector_alloc(1, &usual, &detector), LEAD_INVALID, "no pairs");
    assert_string_equal(lead_cause_name(LEAD_CAUSE_COUNT), "?");
    (void)state;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tail_of_an_exponential),
        cmocka_unit_test(test_tail_of_a_pareto_has_its_shape),
        cmocka_unit_test(test_normal_samples_have_a_normal_tail),
        cmocka_unit_test(test_quiet_epochs_are_no_anomalies),
        cmocka_unit_test(test_causes),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_an_anomaly_ends_where_it_turns),
        cmocka_unit_test(test_an_echo_is_no_anomaly),
        cmocka_unit_test(test_an_echo_is_back_at_what_was_expected_first),
        cmocka_unit_test(test_an_echo_is_of_the_same_pairs),
        cmocka_unit_test(test_cause_is_a_link),
        cmocka_unit_test(test_what_is_gapped_is_not_judged),
        cmocka_unit_test(test_one_sample_and_a_history),
        cmocka_unit_test(test_options_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
