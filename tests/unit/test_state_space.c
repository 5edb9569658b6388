/* measure: gaps filled by a state-space model of each pair and the loads of links: closed forms by
 * hand, and whether variances are honest. */
#include "measure/linear_update.h"
#include "measure/pair_filters.h"
#include "support.h"
#include <gsl/gsl_randist.h>
#include <lead/formats.h>
#include <lead/measure.h>

/* --- one pair --------------------------------------------------------------------------------- */

/* A pair whose root is 10 + level + noise; level 0 of variance 2 at first, memory 1/2, drive 1,
 * noise 2. */
static void make_pair(lead_pair_filters *self) {
    assert_ok(lead_pair_filters_alloc(self, 1, NULL));
    for (int slot = 0; slot < 96; slot++)
        self->profile[slot] = 10;
    self->memory[0] = 0.5;
    self->drive[0] = 1;
    self->noise[0] = self->variance[0] = 2;
    self->step = 300;
}

static void a_pair_is_filtered_as_by_hand(void **state) {
    (void)state;
    lead_pair_filters self;
    make_pair(&self);
    lead_pair_filters_predict(&self, 0); /* root 10, variance 2 + 2 */
    assert_near(self.mean[0], 100 + 4, 1e-12);
    assert_near(self.spread[0], 4 * 100 * 4 + 2 * 16, 1e-9);
    lead_pair_filters_measure(&self, 0, 144); /* root 12: as far off as the variance says */
    assert_near(self.level[0], 1, 1e-12);     /* gain 2 / 4 */
    assert_near(self.variance[0], 1, 1e-12);
    assert_near(self.scale[0], 1, 1e-12);
    assert_near(self.usual[0], 300.0 / 21600, 1e-12);
    lead_pair_filters_predict(&self, 600); /* two steps on */
    assert_near(self.level[0], self.usual[0] + 0.25 * (1 - self.usual[0]), 1e-12);
    assert_near(self.variance[0], 1.0 / 16 + 1 + 1.0 / 4, 1e-12);
    double root = 10 + self.level[0], s = self.variance[0] + 2;
    assert_near(self.mean[0], root * root + s, 1e-9);
    assert_near(self.spread[0], 4 * root * root * s + 2 * s * s, 1e-9); /* no jumps: 40^2 < 1632 */
    lead_pair_filters_free(&self);
}

static void surprises_widen_and_calm_narrows(void **state) {
    (void)state;
    lead_pair_filters self;
    make_pair(&self);
    lead_pair_filters_predict(&self, 0);
    lead_pair_filters_measure(&self, 0, 400); /* root 20: 25 times the variance, counts as 9 */
    assert_near(self.scale[0], 1 + 0.02 * 8, 1e-12);
    assert_near(self.jumps[0], 296.0 * 296 - 1632, 1e-6);
    lead_pair_filters_predict(&self, 300);
    double root = 10 + self.level[0], s = self.variance[0] + 1.16 * 2;
    assert_near(self.spread[0], 4 * root * root * s + 2 * s * s + self.jumps[0], 1e-6);
    lead_pair_filters_measure(&self, 0, root * root);
    assert_near(self.scale[0], 1.16 * (1 - 0.02), 1e-12);
    lead_pair_filters_free(&self);
}

/* What halves the variance is worth a measurement with an error as large as it. */
static void part_of_the_truth_counts_as_a_measurement_with_an_error(void **state) {
    (void)state;
    lead_pair_filters self;
    make_pair(&self);
    self.profile[0] = 1e6; /* so that the root is linear about it */
    lead_pair_filters_predict(&self, 0);
    lead_pair_filters_learn(&self, 0, self.mean[0], 0.5 * self.spread[0]);
    assert_near(self.variance[0], 2 - 2.0 * 2 / 8, 1e-6);
    lead_pair_filters_predict(&self, 0);
    double before = self.variance[0];
    lead_pair_filters_learn(&self, 0, 1e12, self.spread[0]); /* nothing new */
    assert_near(self.variance[0], before, 0);
    lead_pair_filters_free(&self);
}

/* sqrt x = 100 (1 + sin of the day / 2) + level + e; level AR(1) of 0.9 and variance 25, e of 9. */
static lead_tm_series *draw_series(gsl_rng *random, int n, int64_t first, int count) {
    lead_tm_series *series;
    double *level = calloc((size_t)(n * n), sizeof *level),
           *tm = calloc((size_t)(n * n), sizeof *tm);
    assert_ok(lead_tm_series_alloc(n, NULL, &series));
    for (int od = 0; od < n * n; od++)
        level[od] = 5 * gsl_ran_ugaussian(random);
    for (int i = 0; i < count; i++) {
        int64_t time = first + 900 * i;
        for (int od = 0; od < n * n; od++) {
            double day = 100 + 50 * sin(2 * M_PI * (double)(time % 86400) / 86400);
            level[od] = 0.9 * level[od] + 5 * sqrt(1 - 0.81) * gsl_ran_ugaussian(random);
            double root = day + level[od] + 3 * gsl_ran_ugaussian(random);
            tm[od] = od / n == od % n ? 0 : root * root;
        }
        assert_ok(lead_tm_series_append(series, time, tm));
    }
    free(level);
    free(tm);
    return series;
}

static void the_fit_finds_the_model(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(1, "state-space", &random));
    lead_tm_series *series = draw_series(random, 4, 0, 96 * 40);
    lead_pair_filters self;
    assert_ok(lead_pair_filters_alloc(&self, 16, series));
    double memory = 0, noise = 0, drive = 0, morning = 0;
    for (int od = 0; od < 16; od++) {
        memory += self.memory[od] / 12;
        noise += self.noise[od] * self.scale[od] / 12;
        drive += self.drive[od] * self.scale[od] / 12;
        morning += od / 4 == od % 4 ? 0 : self.profile[24 * 16 + od] / 12;
    }
    assert_int_equal(self.step, 900);
    assert_near(memory, 0.9, 0.03);
    assert_near(noise, 9, 2);
    assert_near(drive, 25 * (1 - 0.81), 2);
    assert_near(morning, 150, 2);
    lead_pair_filters_free(&self);
    lead_tm_series_free(series);
    gsl_rng_free(random);
}

/* --- observations that are linear ------------------------------------------------------------- */

static void a_sum_is_shared_by_variance(void **state) {
    (void)state;
    double h[] = {1, 1, 1, 1}, residual[] = {4, 4}, noise[] = {0, 0}, mean[] = {2, 2},
           variance[] = {1, 3}, room[2];
    lead_linear_update update = {2, 2, h, residual, noise, mean, variance, room};
    lead_linear_update_apply(&update); /* the second row says the same again */
    assert_near(mean[0], 3, 1e-12);
    assert_near(mean[1], 5, 1e-12);
    assert_near(variance[0], 0.75, 1e-12);
    assert_near(variance[1], 0.75, 1e-12);
}

/* Against the formula with the inverse of the 2 x 2 matrix. */
static void rows_are_heeded_together(void **state) {
    (void)state;
    const double a[2][3] = {{1, 0.5, 0}, {0.25, 1, 1}}, v[3] = {4, 1, 9}, r[2] = {0.5, 2},
                 y[2] = {3, -2}, m[3] = {10, 20, 30};
    double h[6], residual[] = {y[0], y[1]}, mean[] = {m[0], m[1], m[2]},
                 variance[] = {v[0], v[1], v[2]}, room[2], s[2][2] = {{r[0], 0}, {0, r[1]}};
    memcpy(h, a, sizeof h);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++)
            for (int j = 0; j < 3; j++)
                s[i][k] += a[i][j] * v[j] * a[k][j];
    double determinant = s[0][0] * s[1][1] - s[0][1] * s[1][0];
    const double inverse[2][2] = {{s[1][1] / determinant, -s[0][1] / determinant},
                                  {-s[1][0] / determinant, s[0][0] / determinant}};
    lead_linear_update_apply(&(lead_linear_update){2, 3, h, residual, r, mean, variance, room});
    for (int j = 0; j < 3; j++) {
        double gain[2];
        for (int i = 0; i < 2; i++)
            gain[i] = v[j] * (a[0][j] * inverse[0][i] + a[1][j] * inverse[1][i]);
        assert_near(mean[j], m[j] + gain[0] * y[0] + gain[1] * y[1], 1e-12);
        assert_near(variance[j], v[j] * (1 - gain[0] * a[0][j] - gain[1] * a[1][j]), 1e-12);
    }
}

/* test_diamond with links that nothing here fills. */
static lead_topology *roomy_diamond(void) {
    static const test_edge edges[] = {
        {0, 1, 1e6, 1}, {0, 2, 1e6, 1}, {1, 3, 1e6, 1}, {2, 3, 1e6, 1}};
    return test_network(4, edges, 4);
}

/* --- the estimator ---------------------------------------------------------------------------- */

typedef struct network {
    lead_topology *topology;
    lead_routing *routing;
    lead_rates *rates;
    lead_estimator *estimator;
    int n, m;
    double *tm, *variance;
    unsigned char *gap;
} network;

static network make_network(lead_topology *topology, const lead_tm_series *prior) {
    network made = {.topology = topology,
                    .n = lead_topology_node_count(topology),
                    .m = lead_topology_link_count(topology)};
    size_t pairs = (size_t)(made.n * made.n);
    double *weights = calloc((size_t)made.m, sizeof *weights);
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
    assert_ok(lead_routing_from_weights(topology, weights, &made.routing));
    assert_ok(lead_rates_alloc(made.n, made.m, &made.rates));
    assert_ok(
        lead_estimator_alloc(lead_estimator_find("state-space"), topology, prior, &made.estimator));
    made.tm = calloc(pairs, sizeof *made.tm);
    made.variance = calloc(pairs, sizeof *made.variance);
    made.gap = calloc(pairs, 1);
    free(weights);
    return made;
}

static void free_network(network *made) {
    lead_estimator_free(made->estimator);
    lead_rates_free(made->rates);
    lead_routing_free(made->routing);
    lead_topology_free(made->topology);
    free(made->tm);
    free(made->variance);
    free(made->gap);
}

static void measure(network *made, const double *tm) {
    memcpy(made->rates->od_offered, tm, sizeof(double) * (size_t)(made->n * made->n));
    assert_ok(lead_routing_loads(made->routing, tm, made->rates->link_offered));
    memcpy(made->rates->link_carried, made->rates->link_offered, sizeof(double) * (size_t)made->m);
}

static void estimate(network *made, const lead_routing *in_force, int64_t time) {
    lead_measurement measured = {made->rates, in_force, time};
    lead_estimate out = {made->tm, made->variance, made->gap};
    assert_ok(lead_estimator_estimate(made->estimator, &measured, &out));
}

static void links_tell_what_is_missing(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(2, "state-space", &random));
    lead_tm_series *series = draw_series(random, 4, 0, 96 * 4), *prior;
    assert_ok(lead_tm_series_slice(series, 0, 96 * 4 - 2, &prior));
    network made = make_network(roomy_diamond(), prior);
    const double *tm = lead_tm_series_tm(series, 96 * 4 - 2);
    int64_t time = lead_tm_series_time(series, 96 * 4 - 2);
    measure(&made, tm);
    estimate(&made, made.routing, time); /* nothing is missing */
    for (int od = 0; od < 16; od++) {
        assert_near(made.tm[od], tm[od], 0);
        assert_near(made.variance[od], 0, 0);
        assert_int_equal(made.gap[od], 0);
    }
    tm = lead_tm_series_tm(series, 96 * 4 - 1);
    measure(&made, tm);
    made.rates->od_offered[1] = made.rates->od_offered[2] = NAN;
    made.rates->link_offered[0] = NAN; /* A - B, which pair 1 (A to B) takes alone */
    estimate(&made, made.routing, time + 900);
    assert_near(made.tm[2], tm[2], 0.02 * tm[2]); /* A - C is there */
    assert_true(made.variance[2] > 0 && made.variance[2] < pow(0.02 * tm[2], 2));
    assert_true(made.variance[1] > 9 * made.variance[2]);
    assert_near(made.tm[1], tm[1], 4 * sqrt(made.variance[1]));
    for (int od = 0; od < 16; od++)
        assert_int_equal(made.gap[od], od == 1 || od == 2);
    free_network(&made);
    lead_tm_series_free(prior);
    lead_tm_series_free(series);
    gsl_rng_free(random);
}

/* A link that drops a tenth leaves as much less to those behind it: loads say little then. */
static void losses_make_loads_say_little(void **state) {
    (void)state;
    double told[2];
    for (int drops = 0; drops < 2; drops++) {
        network made = make_network(roomy_diamond(), NULL);
        double tm[16];
        for (int od = 0; od < 16; od++)
            tm[od] = od / 4 == od % 4 ? 0 : 8;
        measure(&made, tm);
        made.rates->od_offered[1] = NAN;
        if (drops)
            made.rates->link_carried[7] *= 0.9;
        estimate(&made, made.routing, 0);
        told[drops] = made.variance[1];
        free_network(&made);
    }
    assert_true(told[0] < 0.1 && told[1] > 1 && told[1] < 64);
}

/* Nothing but the loads: no past, no routing, pairs that never answered. */
static void without_a_past_pairs_are_like_the_others(void **state) {
    (void)state;
    network made = make_network(roomy_diamond(), NULL);
    double tm[16];
    for (int od = 0; od < 16; od++)
        tm[od] = od / 4 == od % 4 ? 0 : 8;
    measure(&made, tm);
    made.rates->od_offered[1] = NAN;
    estimate(&made, NULL, 0);
    assert_near(made.tm[1], 8, 1e-12);
    assert_near(made.variance[1], 64, 1e-9);
    measure(&made, tm);
    made.rates->od_offered[1] = NAN;
    made.rates->link_offered[0] += 8; /* and this pair alone may have it */
    made.rates->link_carried[0] += 8;
    estimate(&made, made.routing, 300);
    assert_near(made.tm[1], 16, 0.1);
    for (int od = 0; od < 16; od++)
        made.rates->od_offered[od] = NAN;
    estimate(&made, NULL, 600); /* the last known rates */
    for (int od = 2; od < 16; od++)
        assert_near(made.tm[od], od / 4 == od % 4 ? 0 : 8, 2);
    free_network(&made);
}

/* Gaps of `share` of the pairs and links at random over the TMs from `first` on, and loads that are
 * off by 1 %: the standard
 * deviation of (truth - fill) over its own, and the absolute error over the volume. */
typedef struct fills {
    double deviation, error;
} fills;

static fills fill_gaps(network *made, const lead_tm_series *series, int first, double share) {
    gsl_rng *random;
    double squares = 0, count = 0, off = 0, volume = 0;
    assert_ok(lead_random_alloc(3, "gaps", &random));
    for (int i = first; i < lead_tm_series_length(series); i++) {
        const double *tm = lead_tm_series_tm(series, i);
        measure(made, tm);
        for (int od = 0; od < made->n * made->n; od++)
            if (gsl_rng_uniform(random) < share)
                made->rates->od_offered[od] = NAN;
        for (int e = 0; e < made->m; e++) {
            double misfit = 1 + 0.01 * gsl_ran_ugaussian(random);
            made->rates->link_offered[e] *= gsl_rng_uniform(random) < share ? NAN : misfit;
            made->rates->link_carried[e] = made->rates->link_offered[e];
        }
        estimate(made, made->routing, lead_tm_series_time(series, i));
        for (int od = 0; od < made->n * made->n; od++)
            if (made->variance[od] > 0) {
                squares += pow(tm[od] - made->tm[od], 2) / made->variance[od];
                off += fabs(tm[od] - made->tm[od]);
                volume += tm[od];
                count++;
            }
    }
    gsl_rng_free(random);
    assert_true(count >
                0.5 * share * (lead_tm_series_length(series) - first) * made->n * (made->n - 1));
    return (fills){sqrt(squares / count), off / volume};
}

static void variances_are_honest(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(4, "state-space", &random));
    lead_tm_series *series = draw_series(random, 4, 0, 96 * 20), *prior;
    assert_ok(lead_tm_series_slice(series, 0, 96 * 14, &prior));
    for (int k = 0; k < 3; k++) {
        static const double shares[] = {0.05, 0.2, 0.6};
        network made = make_network(roomy_diamond(), prior);
        fills told = fill_gaps(&made, series, 96 * 14, shares[k]);
        print_message("%g missing: deviation %.3f, error %.4f\n", shares[k], told.deviation,
                      told.error);
        assert_near(told.deviation, 1, 0.2);
        free_network(&made);
    }
    lead_tm_series_free(prior);
    lead_tm_series_free(series);
    gsl_rng_free(random);
}

static void variances_are_honest_on_abilene(void **state) {
    (void)state;
    if (!test_data("abilene-tm.csv.gz"))
        skip();
    lead_topology *topology;
    lead_tm_series *series, *prior;
    assert_ok(lead_topology_read(test_data("abilene-links.csv"), 0, &topology));
    lead_tm_reading reading = {.topology = topology, .to = 1078099200 + 15 * 86400};
    assert_ok(lead_tm_series_read(test_data("abilene-tm.csv.gz"), &reading, &series));
    int first = lead_tm_series_length(series) - 288;
    assert_ok(lead_tm_series_slice(series, 0, first, &prior));
    network made = make_network(topology, prior);
    fills told = fill_gaps(&made, series, first, 0.3);
    print_message("Abilene: deviation %.3f, error %.4f\n", told.deviation, told.error);
    assert_near(told.deviation, 1, 0.35);
    assert_true(told.error < 0.12);
    free_network(&made);
    lead_tm_series_free(prior);
    lead_tm_series_free(series);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_filtered_as_by_hand),
        cmocka_unit_test(surprises_widen_and_calm_narrows),
        cmocka_unit_test(part_of_the_truth_counts_as_a_measurement_with_an_error),
        cmocka_unit_test(the_fit_finds_the_model),
        cmocka_unit_test(a_sum_is_shared_by_variance),
        cmocka_unit_test(rows_are_heeded_together),
        cmocka_unit_test(links_tell_what_is_missing),
        cmocka_unit_test(losses_make_loads_say_little),
        cmocka_unit_test(without_a_past_pairs_are_like_the_others),
        cmocka_unit_test(variances_are_honest),
        cmocka_unit_test(variances_are_honest_on_abilene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
