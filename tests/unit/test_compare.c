/* compare: block lengths, false alarms and finds of the bootstrap, Holm's correction, verdicts, the
 * reader of epochs.csv and runs in pairs. Draws are seeded: rates are the same in every run. */
#include "support.h"
#include <gsl/gsl_randist.h>
#include <lead/compare.h>
#include <lead/record.h>
#include <sys/stat.h>

/* Rates are for the build that is used; the sanitizers' one, many times slower, looks at memory. */
#ifdef LEAD_DEBUG
enum { PAIRS = 50, DAYS = 20, TRIALS = 20 };
static const bool rates_count = false;
#else
enum { PAIRS = 1000, DAYS = 300, TRIALS = 200 };
static const bool rates_count = true;
#endif
enum { DAY = 288, FAMILY = 5 };

static gsl_rng *stream(const char *name) {
    gsl_rng *random;
    assert_ok(lead_random_alloc(1, name, &random));
    return random;
}

/* An AR(1) series about `mean` with standard deviation `deviation`. */
static void autoregress(gsl_rng *random, double phi, double mean, double deviation, double *values,
                        int count) {
    double state = gsl_ran_gaussian(random, deviation);
    for (int i = 0; i < count; i++) {
        values[i] = mean + state;
        state = phi * state + gsl_ran_gaussian(random, deviation * sqrt(1 - phi * phi));
    }
}

static lead_compare_estimate estimate(const double *a, const double *b, int count,
                                      const lead_compare_options *options) {
    lead_compare_stretch stretch = {a, b, 1, count};
    lead_compare_estimate out;
    assert_ok(lead_compare_estimate_of(&stretch, 1, LEAD_COMPARE_MEAN, "test", options, &out));
    return out;
}

/* --- block length ----------------------------------------------------------------------------- */

/* For AR(1) the best length is (2 phi / (1 - phi^2))^(2/3) count^(1/3): its ratio of G to g(0) is
 * 2 phi / (1 - phi^2). The estimate from long series comes near it. */
static void block_length_is_near_the_best(void **state) {
    (void)state;
    const double phis[] = {0.3, 0.5, 0.8, -0.5};
    enum { LONG = 20000, SERIES = 20 };
    gsl_rng *random = stream("blocks");
    double *values = malloc(LONG * sizeof *values);
    for (size_t k = 0; k < sizeof phis / sizeof *phis; k++) {
        double phi = phis[k], sum = 0, length,
               best = cbrt(pow(2 * phi / (1 - phi * phi), 2) * LONG);
        for (int t = 0; t < SERIES; t++) {
            autoregress(random, phi, 1, 1, values, LONG);
            assert_ok(lead_compare_block_length(values, LONG, &length));
            sum += length / SERIES;
        }
        assert_near(sum / best, 1, 0.15);
    }
    autoregress(random, 0, 1, 1, values, LONG);
    double length;
    assert_ok(lead_compare_block_length(values, LONG, &length));
    assert_in_range((int)length, 1, 8);
    autoregress(random, 0.999, 1, 1, values, DAY);
    assert_ok(lead_compare_block_length(values, DAY, &length));
    assert_in_range((int)length, 20, 51); /* at most 3 sqrt(288) */
    for (int i = 0; i < DAY; i++)
        values[i] = 0.1;
    assert_ok(lead_compare_block_length(values, DAY, &length));
    assert_near(length, 1, 0);
    assert_ok(lead_compare_block_length(values, 3, &length));
    assert_near(length, 1, 0);
    assert_ok(lead_compare_block_length(values, 0, &length));
    assert_near(length, 1, 0);
    free(values);
    gsl_rng_free(random);
}

/* --- false alarms and finds ------------------------------------------------------------------- */

/* A family of rows of `count` epochs: the first row's B is `factor` times what it would be. */
static void compare_family(gsl_rng *random, double phi, double deviation, double factor, int trial,
                           lead_compare_row rows[FAMILY]) {
    double a[DAY], b[DAY];
    lead_compare_options options = lead_compare_defaults();
    options.resamples = 399;
    options.seed = (uint64_t)trial;
    for (int f = 0; f < FAMILY; f++) {
        autoregress(random, phi, 1, deviation, a, DAY);
        autoregress(random, phi, 1, deviation, b, DAY);
        for (int i = 0; i < DAY && f == 0; i++)
            b[i] *= factor;
        rows[f] = (lead_compare_row){.metric = "mlu", .judged = true};
        rows[f].estimate = estimate(a, b, DAY, &options);
    }
}

static bool is_alarm(const lead_compare_row *row) {
    return row->verdict == LEAD_COMPARE_BETTER || row->verdict == LEAD_COMPARE_WORSE;
}

/* Without a smallest effect, which would hide false alarms. */
static void equal_series_are_seldom_told_apart(void **state) {
    (void)state;
    const double phis[] = {0, 0.5, 0.9};
    for (size_t k = 0; k < sizeof phis / sizeof *phis; k++) {
        gsl_rng *random = stream("equal");
        int alarms = 0, single = 0, uncorrected = 0;
        lead_compare_options options = lead_compare_defaults();
        options.effect = 0;
        for (int t = 0; t < PAIRS; t++) {
            lead_compare_row rows[FAMILY];
            bool any = false, any_uncorrected = false;
            compare_family(random, phis[k], 0.05, 1, t, rows);
            assert_ok(lead_compare_judge(rows, FAMILY, &options));
            for (int f = 0; f < FAMILY; f++) {
                any = any || is_alarm(&rows[f]);
                any_uncorrected = any_uncorrected || rows[f].estimate.p <= 0.05;
            }
            alarms += any;
            uncorrected += any_uncorrected;
            single += rows[0].estimate.p <= 0.05;
        }
        gsl_rng_free(random);
        printf("phi %.1f: of %d A/A pairs with %d rows %.1f %% have a false alarm (%.1f %% without "
               "Holm's correction), of the first rows alone %.1f %%\n",
               phis[k], PAIRS, FAMILY, 100.0 * alarms / PAIRS, 100.0 * uncorrected / PAIRS,
               100.0 * single / PAIRS);
        assert_true(!rates_count || alarms < 0.05 * PAIRS);
        assert_true(!rates_count || uncorrected > alarms);
    }
}

/* Noise as on Abilene's day between two planners (docs/compare-runs.md): levels that follow the
 * day, differences of 5.1 % with little correlation. B is 2 % less. */
static void two_per_cent_are_found(void **state) {
    (void)state;
    gsl_rng *random = stream("planted");
    lead_compare_options options = lead_compare_defaults();
    int found = 0, wrong = 0;
    options.resamples = 999;
    for (int t = 0; t < DAYS; t++) {
        double level[DAY], a[DAY], b[DAY];
        lead_compare_row rows[FAMILY];
        compare_family(random, 0.5, 0.05, 1, t, rows);
        autoregress(random, 0.95, 0.62, 0.12, level, DAY);
        autoregress(random, 0.1, 1, 0.036, a, DAY);
        autoregress(random, 0.1, 1, 0.036, b, DAY);
        for (int i = 0; i < DAY; i++) {
            a[i] *= level[i];
            b[i] *= 0.98 * level[i];
        }
        options.seed = (uint64_t)t;
        rows[0].estimate = estimate(a, b, DAY, &options);
        assert_ok(lead_compare_judge(rows, FAMILY, &options));
        found += rows[0].verdict == LEAD_COMPARE_BETTER;
        wrong +=
            rows[0].verdict == LEAD_COMPARE_WORSE || rows[0].verdict == LEAD_COMPARE_NO_DIFFERENCE;
    }
    gsl_rng_free(random);
    printf("2 %% less: found in %.1f %% of %d days\n", 100.0 * found / DAYS, DAYS);
    assert_true(!rates_count || found >= 0.9 * DAYS);
    assert_int_equal(wrong, 0);
}

/* The interval holds the true difference about as often as it says, also for the 99th percentile
 * of series that are long enough for it. */
static void intervals_hold_the_truth(void **state) {
    (void)state;
    enum { LONG = 1500 };
    gsl_rng *random = stream("cover");
    double a[LONG], b[LONG];
    lead_compare_options options = lead_compare_defaults();
    int holds = 0, holds_p99 = 0;
    options.resamples = 399;
    for (int t = 0; t < TRIALS; t++) {
        lead_compare_stretch stretch = {a, b, 1, LONG};
        lead_compare_estimate mean, p99;
        autoregress(random, 0, 1, 0.1, a, LONG);
        autoregress(random, 0, 1.05, 0.1, b, LONG);
        assert_ok(lead_compare_estimate_of(&stretch, 1, LEAD_COMPARE_MEAN, "m", &options, &mean));
        assert_ok(lead_compare_estimate_of(&stretch, 1, LEAD_COMPARE_P99, "m", &options, &p99));
        holds += mean.low <= 0.05 && 0.05 <= mean.high;
        holds_p99 += p99.enough && p99.low <= 0.05 && 0.05 <= p99.high;
    }
    gsl_rng_free(random);
    printf("the mean's interval holds the truth in %d of %d, that of p99 in %d\n", holds, TRIALS,
           holds_p99);
    assert_true(!rates_count || (holds >= 0.92 * TRIALS && holds_p99 >= 0.85 * TRIALS));
}

/* --- odd series ------------------------------------------------------------------------------- */

static void what_is_missing_is_left_out(void **state) {
    (void)state;
    double a[DAY], b[DAY], a_whole[DAY], b_whole[DAY];
    gsl_rng *random = stream("missing");
    lead_compare_options options = lead_compare_defaults();
    int whole = 0;
    autoregress(random, 0.3, 1, 0.1, a, DAY);
    autoregress(random, 0.3, 1, 0.1, b, DAY);
    for (int i = 0; i < DAY; i++) {
        if (i % 5 == 0)
            a[i] = NAN;
        if (i % 7 == 0)
            b[i] = i % 2 ? NAN : INFINITY;
        if (i % 5 && i % 7) {
            a_whole[whole] = a[i];
            b_whole[whole++] = b[i];
        }
    }
    lead_compare_estimate some = estimate(a, b, DAY, &options),
                          all = estimate(a_whole, b_whole, whole, &options);
    assert_int_equal(some.epochs, DAY);
    assert_int_equal(some.used, whole);
    assert_near(some.low, all.low, 0);
    assert_near(some.p, all.p, 0);
    for (int i = 0; i < DAY; i++)
        a[i] = NAN;
    some = estimate(a, b, DAY, &options);
    assert_int_equal(some.used, 0);
    assert_true(isnan(some.a) && isnan(some.p) && !some.enough);
    gsl_rng_free(random);
}

static void short_series_have_no_verdict(void **state) {
    (void)state;
    double a[DAY] = {0}, b[DAY];
    lead_compare_options options = lead_compare_defaults();
    gsl_rng *random = stream("short");
    autoregress(random, 0, 100, 1, b, DAY);
    gsl_rng_free(random);
    for (int count = 1; count <= LEAD_COMPARE_EPOCHS_MIN; count++) {
        lead_compare_row row = {.metric = "mlu", .judged = true};
        row.estimate = estimate(a, b, count, &options);
        assert_ok(lead_compare_judge(&row, 1, &options));
        assert_int_equal(row.estimate.enough, count == LEAD_COMPARE_EPOCHS_MIN);
        assert_int_equal(row.verdict, count == LEAD_COMPARE_EPOCHS_MIN ? LEAD_COMPARE_WORSE
                                                                       : LEAD_COMPARE_TOO_FEW);
    }
    /* One loss in a day is chance, whatever its size. */
    for (int i = 0; i < DAY; i++)
        b[i] = i == 100 ? 0.5 : 0;
    lead_compare_row row = {.metric = "loss_fraction", .judged = true};
    row.estimate = estimate(a, b, DAY, &options);
    assert_ok(lead_compare_judge(&row, 1, &options));
    assert_int_equal(row.verdict, LEAD_COMPARE_TOO_FEW);
    /* The 99th percentile of a day hangs on three epochs. */
    lead_compare_stretch stretch = {a, b, 1, DAY};
    assert_ok(
        lead_compare_estimate_of(&stretch, 1, LEAD_COMPARE_P99, "m", &options, &row.estimate));
    assert_true(!row.estimate.enough && isnan(row.estimate.low));
    assert_ok(lead_compare_judge(&row, 1, &options));
    assert_int_equal(row.verdict, LEAD_COMPARE_TOO_FEW);
}

static void equal_epochs_leave_nothing_to_chance(void **state) {
    (void)state;
    double a[DAY], b[DAY];
    lead_compare_options options = lead_compare_defaults();
    const struct {
        double difference;
        lead_compare_verdict verdict;
    } cases[] = {{0, LEAD_COMPARE_NO_DIFFERENCE},
                 {0.001, LEAD_COMPARE_NO_DIFFERENCE},
                 {0.01, LEAD_COMPARE_WORSE},
                 {-0.01, LEAD_COMPARE_BETTER}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        lead_compare_row row = {.metric = "mlu", .judged = true};
        for (int i = 0; i < DAY; i++) {
            a[i] = 1;
            b[i] = a[i] + cases[k].difference;
        }
        row.estimate = estimate(a, b, DAY, &options);
        assert_near(row.estimate.low, cases[k].difference, 1e-12);
        assert_near(row.estimate.high, cases[k].difference, 1e-12);
        assert_ok(lead_compare_judge(&row, 1, &options));
        assert_int_equal(row.verdict, cases[k].verdict);
    }
}

/* Seeds that met the same traffic say hardly more than one; of other traffic, more. */
static void seeds_of_one_day_are_drawn_together(void **state) {
    (void)state;
    double a[4 * DAY], b[4 * DAY];
    lead_compare_options options = lead_compare_defaults();
    gsl_rng *random = stream("seeds");
    autoregress(random, 0, 1, 0.1, a, DAY);
    autoregress(random, 0, 1, 0.1, b, DAY);
    for (int i = DAY; i < 4 * DAY; i++) {
        a[i] = a[i - DAY];
        b[i] = b[i - DAY];
    }
    lead_compare_estimate one = estimate(a, b, DAY, &options), together, apart;
    lead_compare_stretch seeds = {a, b, 4, DAY}, days[4];
    for (int k = 0; k < 4; k++)
        days[k] = (lead_compare_stretch){a + k * DAY, b + k * DAY, 1, DAY};
    assert_ok(lead_compare_estimate_of(&seeds, 1, LEAD_COMPARE_MEAN, "test", &options, &together));
    assert_ok(lead_compare_estimate_of(days, 4, LEAD_COMPARE_MEAN, "test", &options, &apart));
    assert_near(together.low, one.low, 1e-12);
    assert_near(together.high, one.high, 1e-12);
    assert_int_equal(apart.used, 4 * DAY);
    assert_near(apart.difference, one.difference, 1e-12);
    assert_near((apart.high - apart.low) / (one.high - one.low), 0.5, 0.05);
    gsl_rng_free(random);
}

static void seeds_decide_draws(void **state) {
    (void)state;
    double a[DAY], b[DAY];
    lead_compare_options options = lead_compare_defaults();
    gsl_rng *random = stream("draws");
    autoregress(random, 0.5, 1, 0.1, a, DAY);
    autoregress(random, 0.5, 1, 0.1, b, DAY);
    options.resamples = 999;
    lead_compare_estimate first = estimate(a, b, DAY, &options),
                          again = estimate(a, b, DAY, &options);
    assert_memory_equal(&first, &again, offsetof(lead_compare_estimate, enough));
    options.seed = 2;
    again = estimate(a, b, DAY, &options);
    assert_true(again.low != first.low);
    assert_near(again.low, first.low, 0.2 * (first.high - first.low));
    gsl_rng_free(random);
}

/* --- the family ------------------------------------------------------------------------------- */

static void holm_corrects_as_in_his_paper(void **state) {
    (void)state;
    const double p[] = {0.04, 0.01, 0.03, 0.005}, wanted[] = {0.06, 0.03, 0.06, 0.02};
    double adjusted[4];
    assert_ok(lead_compare_holm(p, 4, adjusted));
    for (int i = 0; i < 4; i++)
        assert_near(adjusted[i], wanted[i], 1e-12);
    assert_ok(lead_compare_holm((double[]){0.9, 0.9}, 2, adjusted));
    assert_near(adjusted[0], 1, 0);
    assert_ok(lead_compare_holm(NULL, 0, NULL));
}

static void verdicts_follow_from_p(void **state) {
    (void)state;
    const struct {
        double difference, p, p_beyond;
        bool enough;
        lead_compare_verdict verdict;
    } cases[] = {
        {-0.02, 0.001, 1, true, LEAD_COMPARE_BETTER},
        {0.02, 0.001, 1, true, LEAD_COMPARE_WORSE},
        {0.02, 0.001, 1, false, LEAD_COMPARE_TOO_FEW},
        {0.02, 0.2, 1, true, LEAD_COMPARE_TOO_FEW},
        {0.001, 0.001, 0.001, true, LEAD_COMPARE_NO_DIFFERENCE}, /* there, but of no interest */
        {0.004, 0.001, 0.2, true, LEAD_COMPARE_TOO_FEW},         /* perhaps of interest */
        {0.001, 0.2, 0.001, true, LEAD_COMPARE_NO_DIFFERENCE},
    };
    lead_compare_options options = lead_compare_defaults();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        lead_compare_row rows[2] = {{.metric = "mlu", .judged = true}, {.metric = "mlu"}};
        rows[0].estimate = (lead_compare_estimate){.a = 1,
                                                   .difference = cases[k].difference,
                                                   .p = cases[k].p,
                                                   .p_beyond = cases[k].p_beyond,
                                                   .enough = cases[k].enough};
        rows[1].estimate = rows[0].estimate;
        assert_ok(lead_compare_judge(rows, 2, &options));
        assert_int_equal(rows[0].verdict, cases[k].verdict);
        assert_int_equal(rows[1].verdict, LEAD_COMPARE_NO_VERDICT);
        assert_true(isnan(rows[1].p_holm));
    }
    options.confidence = 1;
    assert_fails(lead_compare_judge(NULL, 0, &options), LEAD_INVALID, "confidence");
    options = lead_compare_defaults();
    options.effect = -1;
    assert_fails(lead_compare_judge(NULL, 0, &options), LEAD_INVALID, "effect");
    options = lead_compare_defaults();
    options.resamples = 5;
    assert_fails(lead_compare_judge(NULL, 0, &options), LEAD_INVALID, "resamples");
}

/* --- files ------------------------------------------------------------------------------------ */

static void epochs_are_read_by_name(void **state) {
    (void)state;
    lead_compare_epochs *epochs;
    assert_ok(lead_compare_epochs_read(
        test_file("e.csv", "mlu,new,time,epoch,offered_bps,why\n"
                           "0.5,x,2004-07-20T00:00:00Z,0,1e9,\"a \"\"b\"\", c\"\n"
                           ",x,2004-07-20T00:05:00Z,1,,\n\n"),
        &epochs));
    assert_int_equal(epochs->count, 2);
    assert_int_equal(epochs->epoch[1], 1);
    assert_int_equal(epochs->time[0], 1090281600);
    assert_near(epochs->offered[0], 1e9, 0);
    assert_near(epochs->values[0][0], 0.5, 0);
    assert_true(isnan(epochs->values[0][1]) && isnan(epochs->values[3][0]));
    lead_compare_epochs_free(epochs);
    assert_null(lead_compare_metric(LEAD_COMPARE_METRICS));
    assert_string_equal(lead_compare_metric(0), "mlu");
}

static void bad_epochs_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "e.csv:1: the file is empty"},
        {"epoch,time\n", "e.csv:1: no column is called offered_bps"},
        {"epoch,time,offered_bps,mlu,mlu\n", "e.csv:1: two columns are called mlu"},
        {"epoch,time,offered_bps\n0,2004-07-20T00:00:00Z\n", "e.csv:2: 2 fields for 3 columns"},
        {"epoch,time,offered_bps\nx,2004-07-20T00:00:00Z,1\n", "e.csv:2: epoch: \"x\""},
        {"epoch,time,offered_bps\n0,yesterday,1\n", "e.csv:2: "},
        {"epoch,time,offered_bps\n0,2004-07-20T00:00:00Z,\"1,5\"\n", "e.csv:2: offered_bps: \"1,5"},
        {"epoch,time,offered_bps\n1,2004-07-20T00:00:00Z,1\n1,2004-07-20T00:05:00Z,1\n",
         "e.csv:3: epoch 1 is not after"},
        {"epoch,time,offered_bps\n1,2004-07-20T00:00:00Z,1\n2,2004-07-20T00:00:00Z,1\n",
         "e.csv:3: epoch 2 is not after"},
    };
    lead_compare_epochs *epochs;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        assert_fails(lead_compare_epochs_read(test_file("e.csv", bad[k].text), &epochs),
                     LEAD_FORMAT, bad[k].message);
    assert_fails(lead_compare_epochs_read("/nowhere/epochs.csv", &epochs), LEAD_IO, "nowhere");
}

/* A run of one policy, "p", with this file, in a folder of this name. */
static const char *write_run(const char *name, const char *policy, const char *epochs) {
    char path[200];
    char *folder = strdup(test_path(name));
    lead_policy_summary summary = {.name = (char *)(uintptr_t)policy, .epochs = 2};
    lead_summary run = {.scenario = (char[]){"s"},
                        .engine = (char[]){"fluid"},
                        .build = (char[]){"1"},
                        .policies = &summary,
                        .policy_count = 1};
    snprintf(path, sizeof path, "%.80s/%.80s", name, policy);
    assert_non_null(folder);
    assert_ok(lead_directory_make(test_path(path)));
    snprintf(path, sizeof path, "%.80s/summary.json", name);
    assert_ok(lead_summary_write_json(&run, test_path(path)));
    snprintf(path, sizeof path, "%.80s/%.80s/epochs.csv", name, policy);
    test_file(path, epochs);
    return folder;
}

#define HEAD "epoch,time,offered_bps,mlu,delay_mean_s,forecast_nrmse\n"

static void runs_that_do_not_match_are_refused(void **state) {
    (void)state;
    const char *a = write_run("a", "p",
                              HEAD "0,2004-07-20T00:00:00Z,5,0.5,1,\n"
                                   "1,2004-07-20T00:05:00Z,6,0.6,,\n"),
               *others[] = {
                   write_run("b", "p", HEAD "0,2004-07-20T00:00:00Z,5,0.5,1,\n"),
                   write_run("c", "p",
                             HEAD "0,2004-07-20T00:00:00Z,5,0.5,1,\n"
                                  "1,2004-07-20T00:10:00Z,6,0.6,1,\n"),
                   write_run("d", "p",
                             HEAD "0,2004-07-20T00:00:00Z,5,0.5,1,\n"
                                  "1,2004-07-20T00:05:00Z,6.1,0.6,1,\n"),
                   write_run("e", "q", HEAD "0,2004-07-20T00:00:00Z,5,0.5,1,\n"),
                   write_run("f", "p", HEAD),
               };
    static const char *const messages[] = {
        "one has 2 epochs, the other 1", "row 2 is epoch 1, 2004-07-20T00:05:00Z",
        "in epoch 1 one was offered 6 bit/s and the other 6.1",
        "lead compare RUN --policy A --policy B", "has no epochs"};
    lead_compare_table *table;
    lead_compare_request request = {.runs_a = &a, .run_count = 1};
    request.options = lead_compare_defaults();
    lead_log_pause(true);
    for (int k = 0; k < 5; k++) {
        request.runs_b = &others[k];
        assert_fails(lead_compare_runs(&request, &table), LEAD_INVALID, messages[k]);
        if (k < 3)
            assert_non_null(strstr(lead_last_message(), "/scenario.yaml"));
    }
    lead_log_pause(false);
    request.runs_b = NULL;
    assert_fails(lead_compare_runs(&request, &table), LEAD_INVALID, "--policy A --policy B");
    request.runs_b = &a;
    assert_ok(lead_compare_runs(&request, &table));
    assert_int_equal(table->row_count, 4); /* no forecast: no row */
    for (int i = 0; i < 4; i++)
        assert_int_equal(table->rows[i].verdict,
                         table->rows[i].judged ? LEAD_COMPARE_TOO_FEW : LEAD_COMPARE_NO_VERDICT);
    assert_int_equal(table->rows[3].estimate.used, 1);
    lead_compare_table_free(table);
    request.metrics = (const char *const[]){"mul"};
    request.metric_count = 1;
    assert_fails(lead_compare_runs(&request, &table), LEAD_INVALID, "\"mul\" is none");
    free((void *)(uintptr_t)a);
    for (int k = 0; k < 5; k++)
        free((void *)(uintptr_t)others[k]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_length_is_near_the_best),
        cmocka_unit_test(equal_series_are_seldom_told_apart),
        cmocka_unit_test(two_per_cent_are_found),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(what_is_missing_is_left_out),
        cmocka_unit_test(short_series_have_no_verdict),
        cmocka_unit_test(equal_epochs_leave_nothing_to_chance),
        cmocka_unit_test(seeds_of_one_day_are_drawn_together),
        cmocka_unit_test(seeds_decide_draws),
        cmocka_unit_test(holm_corrects_as_in_his_paper),
        cmocka_unit_test(verdicts_follow_from_p),
        cmocka_unit_test(epochs_are_read_by_name),
        cmocka_unit_test(bad_epochs_are_told),
        cmocka_unit_test(runs_that_do_not_match_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
