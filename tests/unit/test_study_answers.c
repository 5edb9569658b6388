/* What runs answer: periods, links, the search for a demand limit, states of the network and their
 * probabilities, betweenness, which igraph is asked for, too, where it is there. */
#include "study/answers/betweenness.h"
#include "study/answers/demand.h"
#include "study/answers/links.h"
#include "study/answers/network.h"
#include "study/answers/periods.h"
#include "study/answers/states.h"
#include "support.h"
#include <lead/study.h>
#ifdef LEAD_IGRAPH
#include <igraph/igraph.h>
#endif

/* --- periods ---------------------------------------------------------------------------------- */

static lead_epochs *epochs_of(int count) {
    char text[4000];
    size_t used = (size_t)snprintf(text, sizeof text, "epoch,time,offered_bps,mlu\n");
    lead_epochs *epochs;
    static const char *const names[] = {"mlu"};
    for (int i = 0; i < count; i++) {
        char time[LEAD_TIME_LENGTH + 1];
        lead_time_format(1704067200 + 300 * i, time);
        used += (size_t)snprintf(text + used, sizeof text - used, "%d,%s,%d,0.%d\n", i, time,
                                 100 + i, i);
    }
    assert_ok(lead_epochs_read(test_file("epochs.csv", text), names, 1, &epochs));
    return epochs;
}

static void epochs_have_their_period(void **state) {
    (void)state;
    static const char head[] = "epoch,time,offset_s,event,kind,action,target,value,traffic_bps\n";
    static const struct {
        const char *events, *wanted;
    } cases[] = {
        {"", "dddddddd"}, /* nothing lasts */
        {"3,t,0,0,link-failure,begin,A-B,,\n", "bbbddddd"},
        {"3,t,0,0,burst,begin,A>B,factor 3,5\n5,t,0,0,burst,end,A>B,factor 3,\n", "bbbddaaa"},
        {"3,t,9,0,burst,begin,A>B,,\n5,t,9,0,burst,end,A>B,,\n", "bbbdddaa"},
        {"0,t,0,0,link-failure,begin,A-B,,\n2,t,0,1,link-repair,begin,A-B,,\n", "ddaaaaaa"},
        {"0,t,0,0,link-failure,begin,A-B,,\n2,t,0,1,link-repair,begin,B-C,,\n", "dddddddd"},
        {"1,t,0,0,burst,begin,A>B,,\n2,t,0,0,burst,end,A>B,,\n4,t,0,0,burst,begin,A>B,,\n"
         "5,t,0,0,burst,end,A>B,,\n",
         "bdaadaaa"},
        {"1,t,0,0,burst,begin,A>B,,\n2,t,0,1,burst,begin,A>B,,\n3,t,0,0,burst,end,A>B,,\n"
         "4,t,0,1,burst,end,A>B,,\n",
         "bdddaaaa"},
    };
    lead_epochs *epochs = epochs_of(8), *some;
    unsigned char of[8];
    bool any;
    assert_ok(lead_periods_read(test_path("nowhere.csv"), epochs, of, &any));
    assert_false(any);
    for (int i = 0; i < 8; i++)
        assert_int_equal(of[i], LEAD_STUDY_DURING);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char text[2000];
        snprintf(text, sizeof text, "%s%s", head, cases[c].events);
        assert_ok(lead_periods_read(test_file("events.csv", text), epochs, of, &any));
        assert_int_equal(any, *cases[c].events != '\0');
        for (int i = 0; i < 8; i++)
            assert_int_equal(*lead_study_period_name((lead_study_period)of[i]), cases[c].wanted[i]);
    }
    assert_ok(lead_periods_select(epochs, 1, of, LEAD_STUDY_DURING, &some));
    assert_int_equal(some->count, 3);
    assert_int_equal(some->epoch[2], 3);
    assert_near(some->offered[0], 101, 0);
    assert_near(some->values[0][1], 0.2, 0);
    lead_epochs_free(some);
    lead_epochs_free(epochs);
    epochs = epochs_of(2);
    assert_fails(lead_periods_read(test_file("events.csv", "epoch,time\n"), epochs, of, &any),
                 LEAD_FORMAT, "events.csv:1: this is no events.csv");
    assert_fails(
        lead_periods_read(
            test_file("events.csv", "epoch,offset_s,event,kind,action,target\n1,0,x,a,begin,b\n"),
            epochs, of, &any),
        LEAD_FORMAT, "events.csv:2: this is no row");
    assert_fails(lead_periods_read(
                     test_file("events.csv", "epoch,offset_s,event,kind,action,target\n1,0,1\n"),
                     epochs, of, &any),
                 LEAD_FORMAT, "events.csv:2: the row is cut");
    lead_epochs_free(epochs);
}

/* --- the search ------------------------------------------------------------------------------- */

static double linear(double f) {
    return 0.8 * f;
}
static double hopeless(double f) {
    return 1.25 + 0 * f;
}
static double idle(double f) {
    return 0 * f;
}
static double jump(double f) {
    return f < 1.7 ? 0.3 * f : 5 * f;
}
static double steep(double f) {
    return pow(f / 3, 4);
}
static double waves(double f) { /* beyond 1 between 1.9 and 2.2, and from 4 on */
    return (f > 1.9 && f < 2.2) || f > 4 ? 1.5 : 0.9;
}

static int search(double (*mlu)(double), double *low, double *high) {
    lead_trial trials[LEAD_TRIALS_MOST + 1] = {{1, mlu(1)}};
    int count = 1;
    for (double next; (next = lead_trials_next(trials, count)) > 0; count++)
        trials[count] = (lead_trial){next, mlu(next)};
    lead_trials_bracket(trials, count, low, high);
    return count;
}

static void the_largest_demands_are_found(void **state) {
    (void)state;
    static const struct {
        double (*mlu)(double);
        double limit;
        int most;
    } cases[] = {{linear, 1.25, 3}, {jump, 1.7, 25}, {steep, 3, 25}};
    double low, high;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int count = search(cases[c].mlu, &low, &high);
        assert_true(count <= cases[c].most);
        assert_true(low <= cases[c].limit && cases[c].limit < high);
        assert_true(high <= low * (1 + LEAD_STUDY_LIMIT));
    }
    search(waves, &low, &high); /* one of the borders */
    assert_true(waves(low) <= 1 && waves(high) > 1 && high <= low * (1 + LEAD_STUDY_LIMIT));
    assert_true(search(hopeless, &low, &high) <= LEAD_TRIALS_MOST);
    assert_true(isnan(low) && high < 1e-5);
    assert_int_equal(search(idle, &low, &high), 1);
    lead_trial tried[] = {{1, 0.5}, {2, 1.2}, {3, 0.9}, {4, 1.1}};
    lead_trials_bracket(tried, 4, &low, &high);
    assert_near(low, 3, 0);
    assert_near(high, 4, 0);
}

/* --- links ------------------------------------------------------------------------------------ */

static const char *links_file(double a, double b) {
    char text[400];
    snprintf(text, sizeof text,
             "epoch,src,dst,offered_bps,utilisation\n0,A,B,%g,%g\n0,B,A,,\n1,A,B,%g,%g\n1,B,A,,\n",
             10 * a, a, 10 * b, b);
    return test_file("links.csv", text);
}

static void take(lead_loads *loads, int row, bool undisturbed, double a, double b) {
    lead_links links = {0};
    assert_ok(lead_links_add(links_file(a, b), row, &links));
    assert_ok(lead_loads_add(loads, row, 0, undisturbed, &links));
    lead_links_clear(&links);
}

static void links_know_their_worst_variant(void **state) {
    (void)state;
    lead_loads loads = {0};
    lead_study_load *answers;
    int count;
    take(&loads, 0, true, 0.3, 0.5);
    take(&loads, 4, false, 0.2, 0.96);
    take(&loads, 6, false, 1.0, 0.1);
    take(&loads, 8, false, 0.1, 0.94);
    assert_ok(lead_loads_answer(&loads, 0.05, &answers, &count));
    assert_int_equal(count, 2);
    assert_string_equal(answers[0].name, "A-B");
    assert_near(answers[0].undisturbed, 0.5, 0);
    assert_near(answers[0].utilisation, 1, 0);
    assert_near(answers[0].traffic, 10, 0);
    assert_int_equal(answers[0].worst, 6);
    assert_int_equal(answers[0].epoch, 0);
    assert_int_equal(answers[0].traffic_worst, 6);
    assert_int_equal(answers[0].near_count, 2);
    assert_int_equal(answers[0].near[0], 6);
    assert_int_equal(answers[0].near[1], 4);
    assert_true(isnan(answers[1].utilisation) && isnan(answers[1].undisturbed));
    assert_int_equal(answers[1].near_count, 0);
    lead_loads_free_answers(answers, count);
    assert_ok(lead_loads_answer(&loads, 0.06, &answers, &count));
    assert_int_equal(answers[0].near_count, 3);
    lead_loads_free_answers(answers, count);
    lead_loads_clear(&loads);
}

/* --- states ----------------------------------------------------------------------------------- */

/* A scenario over the triangle with these events. */
static const char *scenario_of(const char *name, const char *events, const char *factor) {
    char text[2000];
    test_file("t.csv", "time,A>B,A>C,B>A,B>C,C>A,C>B\n"
                       "2024-01-01T00:00:00Z,1,2,3,4,5,6\n2024-01-01T00:05:00Z,6,5,4,3,2,1\n");
    snprintf(text, sizeof text,
             "name: s\ntopology: { file: n.yaml }\ntraffic: { tm: { file: t.csv }, load: { factor: "
             "%s } }\ntime: { epoch: 300 s }\npolicies: [ { name: a, te: { algorithm: ecmp } } "
             "]\nengine: fluid\nevents: [ %s ]\n",
             factor, events);
    return test_file(name, text);
}

static void add(lead_states *states, const char *variant, const char *events, const char *factor) {
    char against[600];
    snprintf(against, sizeof against, "%s", scenario_of("quiet.yaml", "", "1"));
    assert_ok(lead_states_add(states, variant, scenario_of("v.yaml", events, factor), against,
                              1704067200, 2));
}

static void states_have_their_probability(void **state) {
    (void)state;
    const double p = 0.1, q = 0.02, r = 0.3;
    lead_states *states;
    test_file("n.yaml",
              "nodes: [ { name: A }, { name: B }, { name: C }, { name: D } ]\nlinks:\n"
              "  - { from: A, to: B, capacity: 1 Gbit/s, both: true, probability: 0.1 }\n"
              "  - { from: B, to: C, capacity: 1 Gbit/s, both: true, probability: 0.02 }\n"
              "  - { from: A, to: C, capacity: 1 Gbit/s, both: true, risk_group: 1, "
              "probability: 0.3 }\n"
              "  - { from: A, to: D, capacity: 1 Gbit/s, both: true, risk_group: 1 }\n"
              "  - { from: B, to: D, capacity: 1 Gbit/s, both: true }\n");
    assert_ok(lead_states_alloc(scenario_of("s.yaml", "", "1"), &states));
    assert_true(states->any);
    add(states, "none", "", "1");
    add(states, "AB", "{ kind: link-failure, link: A-B, epoch: 1 }", "1");
    add(states, "BA", "{ kind: link-failure, link: B-A, epoch: 1 }", "1");
    add(states, "AC", "{ kind: link-failure, link: A-C, epoch: 1 }", "1");
    add(states, "1", "{ kind: group-failure, group: 1, epoch: 1 }", "1");
    add(states, "two",
        "{ kind: link-failure, link: A-B, epoch: 1 }, { kind: link-failure, link: B-C, epoch: 1 }",
        "1");
    add(states, "BD", "{ kind: link-failure, link: B-D, epoch: 1 }", "1");
    add(states, "node", "{ kind: node-failure, node: B, epoch: 1 }", "1");
    add(states, "short", "{ kind: link-failure, link: A-B, epoch: 0, duration: 1 s }", "1");
    add(states, "burst", "{ kind: burst, pairs: A>B, factor: 2, epoch: 1 }", "1");
    add(states, "drawn", "{ kind: link-failure, link: random, epoch: 1 }", "1");
    add(states, "more", "", "2");
    static const struct {
        const char *name;
        bool counts;
        double probability;
        int link, node;
    } wanted[] = {{"none", true, 1, -1, -1}, {"AB", true, 1, 0, -1},   {"BA", false, 1, 0, -1},
                  {"AC", true, 1, 4, -1},    {"1", true, 1, -1, -1},   {"two", true, 1, -1, -1},
                  {"BD", true, 1, 8, -1},    {"node", false, 1, -1, 1}};
    const double probabilities[] = {(1 - p) * (1 - q) * (1 - r),
                                    p * (1 - q) * (1 - r),
                                    p * (1 - q) * (1 - r),
                                    0,
                                    (1 - p) * (1 - q) * r,
                                    p * q * (1 - r),
                                    0};
    assert_int_equal(states->count, 8);
    for (int i = 0; i < 8; i++) {
        const lead_state *of = lead_states_find(states, wanted[i].name);
        assert_non_null(of);
        assert_int_equal(of->counts, wanted[i].counts);
        assert_int_equal(of->link, wanted[i].link);
        assert_int_equal(of->node, wanted[i].node);
        if (i < 7)
            assert_near(of->probability, probabilities[i], 1e-15);
    }
    assert_null(lead_states_find(states, "burst"));
    assert_null(lead_states_find(states, "more"));
    lead_states_free(states);
}

/* Lines whose shares are made up: bounds of what no variant is. */
static void availability_has_bounds(void **state) {
    (void)state;
    static char none[] = "none", ab[] = "AB", policy[] = "a";
    const double p = 0.1, q = 0.02, r = 0.3;
    lead_study_row rows[] = {{.variant = none, .policy = policy, .against = 0},
                             {.variant = ab, .policy = policy, .against = 0}};
    lead_study study = {.rows = rows, .count = 2};
    lead_study_result lines[] = {{.row = 0, .seeds = 1, .all_carried = 1, .carried = 1},
                                 {.row = 1, .seeds = 1, .all_carried = 0.5, .carried = 0.9}};
    lead_study_results results = {.rows = lines, .count = 2};
    lead_states *states;
    assert_ok(lead_states_alloc(test_path("s.yaml"), &states));
    add(states, none, "", "1");
    add(states, ab, "{ kind: link-failure, link: A-B, epoch: 1 }", "1");
    assert_ok(lead_network_rate(&study, states, &results));
    assert_int_equal(results.availability_count, 1);
    const lead_study_availability *of = results.availability;
    double whole = (1 - p) * (1 - q) * (1 - r), one = p * (1 - q) * (1 - r);
    assert_int_equal(of->states, 2);
    assert_near(of->probability, whole + one, 1e-15);
    assert_near(of->low, whole + 0.5 * one, 1e-15);
    assert_near(of->high, 1 - 0.5 * one, 1e-15);
    assert_near(of->carried_low, whole + 0.9 * one, 1e-15);
    assert_near(of->carried_high, 1 - 0.1 * one, 1e-15);
    free(results.availability);
    lead_states_free(states);
}

/* --- betweenness ------------------------------------------------------------------------------ */

/* By counting: parts of shortest paths from s to t over v, sigma_sv sigma_vt / sigma_st. */
static void a_square_has_two_ways(void **state) {
    (void)state;
    lead_topology *topology = test_network(4, NULL, 0);
    double nodes[4], links[8], ones[8];
    const int ends[][2] = {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {3, 0}, {0, 3}};
    for (int e = 0; e < 8; e++) {
        ones[e] = 1;
        assert_ok(lead_topology_add_link(
            topology,
            (lead_link){.source = ends[e][0], .destination = ends[e][1], .capacity = 1, .up = true},
            NULL));
    }
    assert_ok(lead_betweenness(topology, ones, nodes, links));
    for (int v = 0; v < 4; v++)
        assert_near(nodes[v], 1, 1e-12); /* half of a pair's two ways, each direction */
    for (int e = 0; e < 8; e++)
        assert_near(links[e], 2, 1e-12);
    assert_ok(lead_topology_set_up(topology, 0, false));
    assert_ok(lead_betweenness(topology, ones, nodes, links));
    assert_near(links[0], 0, 0);
    assert_near(links[7], 3.5, 1e-12); /* all from node 0, and one of two ways from 1 to 3 */
    lead_topology_free(topology);
}

#ifdef LEAD_IGRAPH
static void compare_with_igraph(int n, int m, uint64_t seed) {
    lead_topology *topology = test_network(n, NULL, 0);
    gsl_rng *random;
    igraph_t graph;
    igraph_vector_int_t edges;
    igraph_vector_t weights, nodes, links;
    double *own_weights = calloc((size_t)m, sizeof(double)),
           *own_links = calloc((size_t)m, sizeof(double)),
           *own_nodes = calloc((size_t)n, sizeof(double));
    assert_ok(lead_random_alloc(seed, "igraph", &random));
    igraph_vector_int_init(&edges, 2 * m);
    igraph_vector_init(&weights, m);
    igraph_vector_init(&nodes, 0);
    igraph_vector_init(&links, 0);
    for (int e = 0; e < m; e++) {
        int from = (int)gsl_rng_uniform_int(random, (unsigned long)n),
            to = (from + 1 + (int)gsl_rng_uniform_int(random, (unsigned long)n - 1)) % n;
        own_weights[e] = 1 + (double)gsl_rng_uniform_int(random, 4); /* so that there are ties */
        VECTOR(edges)[2 * e] = from;
        VECTOR(edges)[2 * e + 1] = to;
        VECTOR(weights)[e] = own_weights[e];
        assert_ok(lead_topology_add_link(
            topology, (lead_link){.source = from, .destination = to, .capacity = 1, .up = true},
            NULL));
    }
    assert_ok(lead_betweenness(topology, own_weights, own_nodes, own_links));
    assert_int_equal(igraph_create(&graph, &edges, n, IGRAPH_DIRECTED), IGRAPH_SUCCESS);
    assert_int_equal(
        igraph_betweenness(&graph, &nodes, igraph_vss_all(), IGRAPH_DIRECTED, &weights),
        IGRAPH_SUCCESS);
    assert_int_equal(igraph_edge_betweenness(&graph, &links, IGRAPH_DIRECTED, &weights),
                     IGRAPH_SUCCESS);
    for (int v = 0; v < n; v++)
        assert_near(own_nodes[v], VECTOR(nodes)[v], 1e-8);
    for (int e = 0; e < m; e++)
        assert_near(own_links[e], VECTOR(links)[e], 1e-8);
    igraph_destroy(&graph);
    igraph_vector_int_destroy(&edges);
    igraph_vector_destroy(&weights);
    igraph_vector_destroy(&nodes);
    igraph_vector_destroy(&links);
    gsl_rng_free(random);
    free(own_weights), free(own_links), free(own_nodes);
    lead_topology_free(topology);
}

static void igraph_says_the_same(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++)
        compare_with_igraph(3 + (int)(seed % 20), 6 + (int)seed, seed);
}
#else
static void igraph_says_the_same(void **state) {
    (void)state;
    skip();
}
#endif

static void quiet(lead_log_level level, const char *line, void *data) {
    (void)level, (void)line, (void)data;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(epochs_have_their_period),
                                       cmocka_unit_test(the_largest_demands_are_found),
                                       cmocka_unit_test(links_know_their_worst_variant),
                                       cmocka_unit_test(states_have_their_probability),
                                       cmocka_unit_test(availability_has_bounds),
                                       cmocka_unit_test(a_square_has_two_ways),
                                       cmocka_unit_test(igraph_says_the_same)};
    lead_log_set_sink(quiet, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
