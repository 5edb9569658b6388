/* pace: how many diffusion steps a budget allows, by hand-made costs. */
#include "predict/lead/sampling/pace.h"
#include "support.h"

static void the_largest_count_that_fits(void **state) {
    (void)state;
    static const int counts[] = {1, 2, 4, 10};
    const lead_pace_cost cost = {0.25, 0.125}; /* binary fractions: sums are exact */
    static const struct {
        double budget;
        int steps;
    } cases[] = {{0, 0},    {0.3125, 0}, {0.375, 1}, {0.4375, 1},  {0.5, 2},
                 {0.75, 4}, {1.4375, 4}, {1.5, 10},  {1000000, 10}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(lead_pace_fit(cost, cases[i].budget, counts, 4), cases[i].steps);
    assert_int_equal(lead_pace_fit(cost, 1000000, counts, 2), 2);
    assert_int_equal(lead_pace_fit((lead_pace_cost){0, 0}, 0, counts, 4), 10);
    assert_int_equal(lead_pace_fit((lead_pace_cost){0.5, 0}, 0.25, counts, 4), 0);
}

static void sensible_counts_up_to_the_most(void **state) {
    (void)state;
    static const struct {
        int most, count, counts[LEAD_PACE_COUNTS];
    } cases[] = {{1, 1, {1}},
                 {2, 2, {1, 2}},
                 {3, 3, {1, 2, 3}},
                 {7, 4, {1, 2, 4, 7}},
                 {50, 6, {1, 2, 4, 10, 25, 50}},
                 {51, 7, {1, 2, 4, 10, 25, 50, 51}},
                 {1000, 7, {1, 2, 4, 10, 25, 50, 1000}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lead_pace pace = {0};
        lead_pace_allow(&pace, cases[i].most);
        assert_int_equal(pace.count, cases[i].count);
        assert_memory_equal(pace.counts, cases[i].counts, (size_t)pace.count * sizeof(int));
    }
}

static void the_most_of_the_last_ones_is_expected(void **state) {
    (void)state;
    lead_pace pace = {0};
    assert_near(lead_pace_expect(&pace).fixed, 0, 0);
    lead_pace_add(&pace, (lead_pace_cost){1, 20});
    lead_pace_add(&pace, (lead_pace_cost){3, 10});
    assert_near(lead_pace_expect(&pace).fixed, 3, 0);
    assert_near(lead_pace_expect(&pace).step, 20, 0);
    for (int i = 0; i < LEAD_PACE_KEPT - 1; i++)
        lead_pace_add(&pace, (lead_pace_cost){2, 5});
    assert_near(lead_pace_expect(&pace).fixed, 3, 0); /* the first is gone, the second is not */
    assert_near(lead_pace_expect(&pace).step, 10, 0);
    lead_pace_add(&pace, (lead_pace_cost){2, 5});
    assert_near(lead_pace_expect(&pace).fixed, 2, 0);
    assert_near(lead_pace_expect(&pace).step, 5, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_count_that_fits),
        cmocka_unit_test(sensible_counts_up_to_the_most),
        cmocka_unit_test(the_most_of_the_last_ones_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
