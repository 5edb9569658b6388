/* traffic: synthetic TMs have the mean, the cycle, the bursts and the seed they were asked for. */
#include "support.h"
#include <lead/traffic.h>

static lead_synthetic week(void) {
    lead_synthetic model = lead_synthetic_default();
    model.start = 1090195200; /* Monday 2004-07-19 */
    model.step = 300;
    model.epochs = 2016;
    return model;
}

static lead_tm_series *generate(lead_synthetic model) {
    lead_topology *topology = test_diamond();
    lead_tm_series *series;
    assert_ok(lead_synthetic_generate(&model, topology, &series));
    lead_topology_free(topology);
    return series;
}

static double mean_total(const lead_tm_series *series, int first, int count) {
    double sum = 0;
    for (int i = first; i < first + count; i++)
        sum += lead_tm_total(lead_tm_series_tm(series, i), 4) / count;
    return sum;
}

static void the_week_has_its_mean_and_cycle(void **state) {
    (void)state;
    lead_synthetic model = week();
    model.burst_rate = 0;
    model.noise_sigma = 0.05;
    lead_tm_series *series = generate(model);
    assert_int_equal(lead_tm_series_length(series), 2016);
    assert_near(mean_total(series, 0, 2016), 3e9, 0.05 * 3e9);
    double day = mean_total(series, 288 + 132, 96),
           night = mean_total(series, 288, 36); /* Tuesday 11 to 19, 0 to 3 o'clock */
    assert_true(day > 1.5 * night);
    assert_near(mean_total(series, 5 * 288, 288) / mean_total(series, 288, 288), 0.7,
                0.05); /* Saturday over Tuesday */
    for (int v = 0; v < 4; v++)
        assert_near(lead_tm_series_tm(series, 100)[v * 4 + v], 0, 0);
    assert_string_equal(lead_tm_series_node_name(series, 3), "D");
    lead_tm_series_free(series);
}

static void bursts_are_heavy_and_few(void **state) {
    (void)state;
    lead_synthetic calm = week(), bursty = week();
    calm.burst_rate = 0;
    calm.noise_sigma = bursty.noise_sigma = 0.01;
    bursty.burst_rate = 2;
    lead_tm_series *a = generate(calm), *b = generate(bursty);
    int above = 0, cells = 0;
    double largest = 0;
    for (int i = 0; i < 2016; i++)
        for (int od = 1; od < 16; od++)
            if (od / 4 != od % 4) {
                double factor = lead_tm_series_tm(b, i)[od] / lead_tm_series_tm(a, i)[od];
                cells++;
                above += factor > 1.7;
                largest = fmax(largest, factor);
            }
    assert_true(largest > 4);
    assert_near((double)above / cells, 2.0 * 4 / 288, 0.012); /* 2 a day, 4 steps each */
    lead_tm_series_free(a);
    lead_tm_series_free(b);
}

static void the_seed_decides(void **state) {
    (void)state;
    lead_synthetic model = week();
    lead_tm_series *a = generate(model), *b = generate(model);
    model.seed = 2;
    lead_tm_series *c = generate(model);
    assert_memory_equal(lead_tm_series_tm(a, 77), lead_tm_series_tm(b, 77), 16 * sizeof(double));
    assert_memory_not_equal(lead_tm_series_tm(a, 77), lead_tm_series_tm(c, 77),
                            16 * sizeof(double));
    lead_tm_series_free(a);
    lead_tm_series_free(b);
    lead_tm_series_free(c);
}

static void impossible_models_are_told(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_synthetic model = week();
    lead_tm_series *series;
    model.noise_memory = 1;
    assert_fails(lead_synthetic_generate(&model, topology, &series), LEAD_INVALID,
                 "noise_memory of 1");
    model = week();
    model.burst_shape = NAN;
    assert_fails(lead_synthetic_generate(&model, topology, &series), LEAD_INVALID,
                 "burst_shape of nan");
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_week_has_its_mean_and_cycle),
                                       cmocka_unit_test(bursts_are_heavy_and_few),
                                       cmocka_unit_test(the_seed_decides),
                                       cmocka_unit_test(impossible_models_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
