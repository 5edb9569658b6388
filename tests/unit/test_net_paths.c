/* Explicit paths above the splits of a routing: what is refused, loads, traces, change. */
#include "support.h"

/* A-B-D and A-C-D and A-D: both directions, links 0/1 A-B, 2/3 B-D, 4/5 A-C, 6/7 C-D, 8/9 A-D. */
static lead_topology *diagonal(void) {
    static const test_edge edges[] = {
        {0, 1, 10, 1}, {1, 3, 10, 1}, {0, 2, 10, 1}, {2, 3, 10, 1}, {0, 3, 10, 5}};
    return test_network(4, edges, 5);
}

static lead_routing *by_weights(const lead_topology *topology) {
    double weights[16];
    lead_routing *routing;
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_FILE, weights));
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    return routing;
}

static const int over_b[] = {0, 2}, over_c[] = {4, 6}, straight[] = {8};

static void loads_are_those_of_the_paths(void **state) {
    (void)state;
    lead_topology *topology = diagonal();
    lead_routing *routing = by_weights(topology), *copy;
    const lead_path paths[] = {{3, 2, over_b}, {1, 1, straight}, {0, 2, over_c}}, *kept;
    double tm[16] = {0}, loads[10], share[10] = {0}, through[4];
    tm[3] = 8;
    tm[1 * 4 + 3] = 1; /* follows the splits */
    assert_false(lead_routing_has_paths(routing));
    assert_ok(lead_routing_set_paths(routing, 0, 3, paths, 3));
    assert_true(lead_routing_has_paths(routing));
    assert_int_equal(lead_routing_paths(routing, 0, 3, &kept),
                     2); /* the one without a share is out */
    assert_near(kept[0].share, 0.75, 1e-15);
    assert_int_equal(lead_routing_paths(routing, 1, 3, &kept), 0);
    assert_ok(lead_routing_copy(routing, &copy));
    lead_routing_free(routing);
    assert_ok(lead_routing_loads(copy, tm, loads));
    static const double wanted[] = {6, 0, 7, 0, 0, 0, 0, 0, 2, 0};
    for (int e = 0; e < 10; e++)
        assert_near(loads[e], wanted[e], 1e-12);
    lead_routing_trace(copy, 0, 3, through, share);
    assert_near(share[2], 0.75, 1e-15);
    lead_routing_trace(copy, 1, 3, through, share); /* adds */
    assert_near(share[2], 1.75, 1e-15);
    assert_ok(lead_routing_set_paths(copy, 0, 3, NULL, 0));
    assert_ok(lead_routing_loads(copy, tm, loads));
    assert_near(loads[0], 4, 1e-12); /* ECMP over B and C */
    assert_near(loads[8], 0, 0);
    lead_routing_free(copy);
    lead_topology_free(topology);
}

static void what_is_no_path_is_refused(void **state) {
    (void)state;
    lead_topology *topology = diagonal();
    lead_routing *routing = by_weights(topology);
    static const int broken[] = {0, 6}, circle[] = {0, 1, 8}, beyond[] = {77};
    lead_path path = {1, 2, broken};
    const lead_path *kept;
    assert_fails(lead_routing_set_paths(routing, 0, 3, &path, 1), LEAD_INVALID, "is broken");
    path = (lead_path){1, 3, circle};
    assert_fails(lead_routing_set_paths(routing, 0, 3, &path, 1), LEAD_INVALID,
                 "meets a node twice");
    path = (lead_path){1, 1, over_b};
    assert_fails(lead_routing_set_paths(routing, 0, 3, &path, 1), LEAD_INVALID,
                 "does not end there");
    path = (lead_path){1, 1, beyond};
    assert_fails(lead_routing_set_paths(routing, 0, 3, &path, 1), LEAD_INVALID, "is broken");
    path = (lead_path){-1, 1, straight};
    assert_fails(lead_routing_set_paths(routing, 0, 3, &path, 1), LEAD_NUMERIC, "share -1");
    path = (lead_path){0, 1, straight};
    assert_fails(lead_routing_set_paths(routing, 0, 3, &path, 1), LEAD_INVALID, "no share");
    assert_fails(lead_routing_set_paths(routing, 2, 2, &path, 1), LEAD_INVALID, "no OD pair");
    assert_int_equal(lead_routing_paths(routing, 0, 3, &kept), 0); /* nothing was changed */
    lead_routing_free(routing);
    lead_topology_free(topology);
}

static void moved_traffic_is_counted(void **state) {
    (void)state;
    lead_topology *topology = diagonal();
    lead_routing *before = by_weights(topology), *after = by_weights(topology);
    const lead_path halves[] = {{0.5, 2, over_b}, {0.5, 2, over_c}},
                    quarters[] = {{0.75, 2, over_b}, {0.25, 2, over_c}};
    double tm[16] = {0}, moved;
    int changed;
    tm[3] = 8;
    assert_ok(lead_routing_set_paths(before, 0, 3, halves, 2));
    assert_ok(lead_routing_change(before, before, tm, &changed, &moved));
    assert_int_equal(changed, 0);
    assert_near(moved, 0, 0);
    assert_ok(lead_routing_set_paths(after, 0, 3, quarters, 2));
    assert_ok(lead_routing_change(before, after, tm, &changed, &moved));
    assert_int_equal(changed, 4);
    assert_near(moved, 0.25, 1e-12); /* 2 of 8 */
    lead_routing_free(before);
    lead_routing_free(after);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(loads_are_those_of_the_paths),
                                       cmocka_unit_test(what_is_no_path_is_refused),
                                       cmocka_unit_test(moved_traffic_is_counted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
