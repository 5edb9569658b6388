/* predict/online: jumps and changes of level on series whose answer is known. */
#include "online_support.h"
#include "predict/online/jumps.h"

/* --- jumps --------------------------------------------------------------------------------------
 */

/* As good as flat: TMs that are the same stand for missing ones. */
static double flat(int i, int od) {
    return 100.0 * (1 + od) * noise(i, od, 1e-9);
}

static double *log_factors(const lead_tm_series *series, int row) {
    static double found[1 + N];
    lead_jumps *jumps;
    assert_ok(lead_jumps_alloc(N, STEP, 16, &jumps));
    memcpy(found, lead_jumps_of(jumps, series, row), sizeof found);
    /* A second look is the first one's memory. */
    assert_memory_equal(found, lead_jumps_of(jumps, series, row), sizeof found);
    lead_jumps_free(jumps);
    return found;
}

static void a_factor_of_all_pairs_is_the_networks(void **state) {
    (void)state;
    lead_tm_series *series = make_series(20, flat);
    burst(series, 10, 20, -1, 5);
    double *found = log_factors(series, 10);
    assert_near(found[0], log(5), 1e-6);
    for (int node = 0; node < N; node++)
        assert_near(found[1 + node], 0, 1e-6);
    lead_tm_series_free(series);
}

/* One pair of six, however large, moves no median. */
static void a_factor_of_one_pair_is_nobodys(void **state) {
    (void)state;
    lead_tm_series *series = make_series(20, flat);
    double tm[PAIRS];
    memcpy(tm, lead_tm_series_tm(series, 10), sizeof tm);
    tm[1] *= 3;
    assert_ok(lead_tm_series_replace(series, 10, tm));
    double *found = log_factors(series, 10);
    for (int group = 0; group <= N; group++)
        assert_near(found[group], 0, 1e-6);
    lead_tm_series_free(series);
}

/* TMs without traffic and copies, which stand for missing ones, are passed over, up to 4 steps. */
static void what_says_nothing_is_passed_over(void **state) {
    (void)state;
    lead_tm_series *series = make_series(40, quiet);
    burst(series, 10, 12, -1, 0);
    assert_ok(lead_tm_series_replace(series, 8, lead_tm_series_tm(series, 7)));
    burst(series, 12, 40, -1, 2);
    assert_near(log_factors(series, 10)[0], 0, 0);
    assert_near(log_factors(series, 11)[0], 0, 0);
    assert_near(log_factors(series, 12)[0], log(2), 0.05); /* from 9 */
    burst(series, 20, 30, -1, 0);
    burst(series, 30, 40, -1, 3);
    assert_true(isnan(log_factors(series, 30)[0]));
    lead_tm_series_free(series);
}

/* --- levels -------------------------------------------------------------------------------------
 */

static const lead_predictor_options heed = {
    .horizon = 20, .samples = 1, .window = 4, .level_shifts = LEAD_LEVEL_SHIFTS_HEED};

/* Four TMs, the last of them of a burst: their mean is the burst's level, as long as it is likelier
 * to last than not: 1 step old, with the hour's 12, for less than 13 steps more. */
static void a_burst_lifts_the_past(void **state) {
    (void)state;
    lead_tm_series *series = make_series(DAY, flat);
    double samples[20 * PAIRS];
    burst(series, 200, DAY, -1, 5);
    forecast("mean", heed, series, 200, samples);
    for (int h = 1; h <= 20; h++)
        assert_near(samples[(h - 1) * PAIRS + 1], h < 1 + HOUR ? 1000 : 200, 1e-3);
    lead_predictor_options ignore = heed;
    ignore.level_shifts = LEAD_LEVEL_SHIFTS_IGNORE;
    forecast("mean", ignore, series, 200, samples);
    assert_near(samples[1], (3 * 200 + 1000) / 4.0, 1e-3);
    ignore.level_shifts = LEAD_LEVEL_SHIFTS_DEFAULT; /* of `mean` */
    forecast("mean", ignore, series, 200, samples);
    assert_near(samples[1], (3 * 200 + 1000) / 4.0, 1e-3);
    lead_tm_series_free(series);
}

static void after_a_burst_it_never_was(void **state) {
    (void)state;
    lead_tm_series *series = make_series(DAY, flat);
    double samples[20 * PAIRS];
    burst(series, 200, 212, -1, 5);
    forecast("mean", heed, series, 212, samples);
    for (int h = 0; h < 20; h++)
        assert_near(samples[h * PAIRS + 5], 600, 1e-3);
    lead_tm_series_free(series);
}

/* Half the way back, then the rest in steps that are no jumps: it is the old level again. And the
 * first TM after a gap, five times as high as what goes on: nothing jumped. */
static void levels_are_left_in_steps(void **state) {
    (void)state;
    lead_tm_series *series = make_series(DAY, flat), *gap;
    double samples[20 * PAIRS];
    burst(series, 200, 205, -1, 5);
    burst(series, 205, 206, -1, 1.4);
    burst(series, 206, 207, -1, 1.2);
    forecast("mean", heed, series, 210, samples);
    for (int h = 0; h < 20; h++)
        assert_near(samples[h * PAIRS + 5], 600, 1e-3);
    burst(series, 250, 251, -1, 5);
    int64_t missing[40];
    for (int i = 0; i < 40; i++)
        missing[i] = (int64_t)STEP * (210 + i);
    assert_ok(lead_tm_series_without(series, missing, 40, &gap));
    lead_predictor_options options = heed;
    options.window = 20;
    forecast("mean", options, gap, 213, samples); /* of 253 */
    for (int h = 0; h < 20; h++)
        assert_near(samples[h * PAIRS + 5], 600, 30);
    lead_tm_series_free(gap);
    lead_tm_series_free(series);
}

/* For fifty TMs some 1e-7 to 1e-3 of the usual, each pair by itself. */
static double trickling(int i, int od) {
    return flat(i, od) * (i < 150 || i >= 200 ? 1 : pow(10, -5 + 2 * (noise(i, od, 1) - 1)));
}

/* Factors of a trickle are no levels, neither in it nor behind it. */
static void a_trickle_says_nothing_of_a_level(void **state) {
    (void)state;
    lead_tm_series *series = make_series(DAY, trickling);
    lead_predictor_options ignore = heed;
    double heeded[20 * PAIRS], ignored[20 * PAIRS];
    ignore.level_shifts = LEAD_LEVEL_SHIFTS_IGNORE;
    for (int now = 151; now < 230; now++) {
        forecast("mean", heed, series, now, heeded);
        forecast("mean", ignore, series, now, ignored);
        for (int i = 0; i < 20 * PAIRS; i++)
            assert_near(heeded[i], ignored[i], 1e-3 * flat(now, i % PAIRS));
    }
    lead_tm_series_free(series);
}

/* Traffic goes and comes back in steps, of which some are within a trickle or without any traffic:
 * then it is the usual one. */
static double falls_in_steps(int i) {
    return i < 20 ? 1. / 30 : 1e-5;
}
static double decays(int i) {
    return fmax(1e-5, pow(30, -1 - i));
}
static double rises_in_steps(int i) {
    return i < 50 ? 1e-5 : 0.005;
}
static double rises_within_the_hour(int i) {
    return i < 67 ? 1e-5 : 0.005;
}
static double falls_silent(int i) {
    return i < 20 ? 1. / 30 : 0;
}

static void what_comes_back_is_the_usual(void **state) {
    (void)state;
    static double (*const ways[])(int) = {falls_in_steps, decays, rises_in_steps,
                                          rises_within_the_hour, falls_silent};
    double samples[20 * PAIRS];
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        lead_tm_series *series = make_series(2 * DAY, flat);
        for (int i = 0; i < 70; i++)
            burst(series, 350 + i, 351 + i, -1, ways[way](i));
        for (int now = 420; now < 550; now++) {
            forecast("seasonal", heed, series, now, samples);
            for (int h = 0; h < 20; h++)
                assert_near(samples[h * PAIRS + 5], 600, 1);
        }
        lead_tm_series_free(series);
    }
}

/* A three-hundredth of the usual is a level, no trickle. */
static void little_is_a_level(void **state) {
    (void)state;
    lead_tm_series *series = make_series(DAY, flat);
    double samples[20 * PAIRS];
    burst(series, 150, 200, -1, 1. / 300);
    forecast("mean", heed, series, 190, samples);
    assert_near(samples[5], 2, 1e-2);
    forecast("mean", heed, series, 201, samples);
    assert_near(samples[5], 600, 1);
    lead_tm_series_free(series);
}

static double ten_nodes_pair(int i, int od) {
    return 50 + od + noise(i, od, 0.01);
}

/* Of ten nodes one: its pairs jump, the others' do not. */
static void a_nodes_burst_is_its_own(void **state) {
    (void)state;
    enum { NODES = 10, ALL = NODES * NODES };
    lead_tm_series *series;
    double tm[ALL], samples[ALL];
    assert_ok(lead_tm_series_alloc(NODES, NULL, &series));
    for (int i = 0; i < 100; i++) {
        for (int od = 0; od < ALL; od++) {
            bool of_node = od / NODES == 2 || od % NODES == 2;
            tm[od] =
                od / NODES == od % NODES ? 0 : ten_nodes_pair(i, od) * (of_node && i > 97 ? 4 : 1);
        }
        assert_ok(lead_tm_series_append(series, (int64_t)STEP * i, tm));
    }
    lead_predictor_options options = heed;
    lead_predictor *predictor;
    options.node_count = NODES;
    options.step = STEP;
    options.horizon = 1;
    assert_ok(lead_predictor_alloc(lead_predictor_find("mean"), &options, &predictor));
    assert_ok(lead_predictor_forecast(predictor, series, 99, 1, samples));
    for (int od = 0; od < ALL; od++)
        if (od / NODES != od % NODES) {
            bool of_node = od / NODES == 2 || od % NODES == 2;
            assert_near(samples[od] / ((of_node ? 4 : 1) * (51.0 + od)), 1, 0.02);
        }
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

/* More than half of the last day at a level: it is the usual one, of all the past, and does not
 * end. */
static void a_level_that_stays_becomes_the_usual(void **state) {
    (void)state;
    lead_tm_series *series = make_series(3 * DAY, flat);
    double samples[20 * PAIRS];
    lead_predictor_options options = heed;
    options.window = 2 * DAY;
    burst(series, 2 * DAY, 3 * DAY, -1, 3);
    forecast("mean", options, series, 2 * DAY + DAY * 2 / 3, samples);
    for (int h = 0; h < 20; h++)
        assert_near(samples[h * PAIRS + 1], 600, 1e-6);
    lead_tm_series_free(series);
}

/* The share of samples that stay, and none that comes back. */
static void samples_leave_a_burst_one_by_one(void **state) {
    (void)state;
    enum { SAMPLES = 20, H = 20 };
    lead_tm_series *series = make_series(DAY, flat);
    lead_predictor_options options = heed;
    double *samples = calloc(SAMPLES * H * PAIRS, sizeof *samples);
    options.samples = SAMPLES;
    options.fit = series;
    lead_predictor *predictor = make("last", options); /* before the burst: no spread */
    assert_ok(lead_predictor_forecast(predictor, series, 199, 3, samples));
    assert_non_null(lead_predictor_point(predictor));
    burst(series, 200, DAY, -1, 5);
    assert_ok(lead_predictor_forecast(predictor, series, 205, 3, samples));
    assert_null(lead_predictor_point(predictor)); /* of the usual level */
    for (int h = 1; h <= H; h++) {
        int high = 0, wanted = 0;
        for (int k = 0; k < SAMPLES; k++) {
            double now = samples[(k * H + h - 1) * PAIRS + 1];
            high += now > 500;
            wanted += (k + 0.5) / SAMPLES < (6.0 + HOUR) / (6 + HOUR + h);
            assert_true(h == 1 || now < samples[(k * H + h - 2) * PAIRS + 1] + 1);
        }
        assert_int_equal(high, wanted);
    }
    lead_predictor_free(predictor);
    free(samples);
    lead_tm_series_free(series);
}

static double day_and_night(int i, int od) {
    return 100 * (1 + od) * exp(sin(2 * 3.14159265358979 * i / DAY)) * noise(i, od, 0.05);
}

static void assert_ignored(const lead_tm_series *series, int now) {
    double with[20 * PAIRS], without[20 * PAIRS];
    lead_predictor_options ignore = heed;
    ignore.level_shifts = LEAD_LEVEL_SHIFTS_IGNORE;
    forecast("mean", heed, series, now, with);
    forecast("mean", ignore, series, now, without);
    assert_memory_equal(with, without, sizeof with);
}

/* Day and night, a factor of 7 apart; a TM without traffic; a history of less than 48 TMs. */
static void what_is_no_jump_changes_no_byte(void **state) {
    (void)state;
    lead_tm_series *series = make_series(3 * DAY, day_and_night);
    for (int now = 2 * DAY; now < 3 * DAY; now += 13)
        assert_ignored(series, now);
    burst(series, 800, 801, -1, 0);
    assert_ignored(series, 800);
    assert_ignored(series, 802);
    burst(series, 40, 3 * DAY, -1, 5);
    assert_ignored(series, 45);
    lead_tm_series_free(series);
}

static void bursts_are_known_from_the_past_alone(void **state) {
    (void)state;
    lead_tm_series *series = make_series(DAY, quiet), *until;
    double whole[20 * PAIRS], part[20 * PAIRS];
    burst(series, 200, 212, -1, 5);
    assert_ok(lead_tm_series_slice(series, 0, 206, &until));
    forecast("mean", heed, series, 205, whole);
    forecast("mean", heed, until, 205, part);
    assert_memory_equal(whole, part, sizeof whole);
    lead_tm_series_free(series);
    lead_tm_series_free(until);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_factor_of_all_pairs_is_the_networks),
                                       cmocka_unit_test(a_factor_of_one_pair_is_nobodys),
                                       cmocka_unit_test(what_says_nothing_is_passed_over),
                                       cmocka_unit_test(a_burst_lifts_the_past),
                                       cmocka_unit_test(after_a_burst_it_never_was),
                                       cmocka_unit_test(levels_are_left_in_steps),
                                       cmocka_unit_test(a_trickle_says_nothing_of_a_level),
                                       cmocka_unit_test(what_comes_back_is_the_usual),
                                       cmocka_unit_test(little_is_a_level),
                                       cmocka_unit_test(a_nodes_burst_is_its_own),
                                       cmocka_unit_test(a_level_that_stays_becomes_the_usual),
                                       cmocka_unit_test(samples_leave_a_burst_one_by_one),
                                       cmocka_unit_test(what_is_no_jump_changes_no_byte),
                                       cmocka_unit_test(bursts_are_known_from_the_past_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
