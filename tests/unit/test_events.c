/* Events become a timeline: what happens when, to what, and what it makes of traffic and counters.
 */
#include "support.h"
#include <lead/events.h>

enum { EPOCHS = 24 };
static const double EPOCH = 300;
/* 2004-07-20T09:00Z */
static const lead_event_span run_of = {1090314000, 300, EPOCHS, 1};

static lead_event event(lead_event_kind kind, int epoch, double duration) {
    return (lead_event){
        .kind = kind, .epoch = epoch, .duration = duration, .share = 1, .delay = -1};
}

static lead_timeline *make(const lead_event *events, int count, const lead_topology *topology) {
    lead_timeline *timeline;
    char key[LEAD_EVENT_KEY];
    assert_ok(lead_timeline_alloc(events, count, topology, &run_of, key, &timeline));
    assert_string_equal(key, "");
    return timeline;
}

/* The link's state at a time, by the changes up to it. */
static bool is_up(const lead_timeline *timeline, int link, double time) {
    bool up = true;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        const lead_network_change *changes;
        int count = lead_timeline_changes(timeline, epoch, &changes);
        for (int i = 0; i < count; i++) {
            assert_true(changes[i].time >= epoch * EPOCH && changes[i].time < (epoch + 1) * EPOCH);
            if (changes[i].link == link && changes[i].capacity == 0 && changes[i].time <= time)
                up = changes[i].up;
        }
    }
    return up;
}

static double capacity_at(const lead_timeline *timeline, const lead_topology *topology, int link,
                          double time) {
    double capacity = lead_topology_link(topology, link)->capacity;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        const lead_network_change *changes;
        int count = lead_timeline_changes(timeline, epoch, &changes);
        for (int i = 0; i < count; i++)
            if (changes[i].link == link && changes[i].capacity > 0 && changes[i].time <= time)
                capacity = changes[i].capacity;
    }
    return capacity;
}

static void links_are_down_as_long_as_any_event_says(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_event events[] = {
        event(LEAD_EVENT_LINK_FAILURE, 2, 600), event(LEAD_EVENT_LINK_FAILURE, 3, 600),
        event(LEAD_EVENT_NODE_FAILURE, 10, 300), event(LEAD_EVENT_LINK_FAILURE, 20, 0),
        event(LEAD_EVENT_LINK_REPAIR, 22, 0)};
    events[0].link = events[1].link = events[3].link = events[4].link = "A-B";
    events[1].offset = 100;
    events[2].node = "B";
    lead_timeline *timeline = make(events, 5, topology);
    const double down[][2] = {{600, 1600}, {3000, 3300}, {6000, 6600}};
    for (double time = 0; time < EPOCHS * EPOCH; time += 50) {
        bool up = true, node = time >= 3000 && time < 3300;
        for (int i = 0; i < 3; i++)
            up = up && !(time >= down[i][0] && time < down[i][1]);
        for (int link = 0; link < 2; link++)
            if (is_up(timeline, link, time) != up)
                fail_msg("link %d at %g s", link, time);
        assert_true(is_up(timeline, 4, time) == !node); /* B-D */
        assert_true(is_up(timeline, 2, time));          /* A-C */
    }
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

static void capacities_follow_one_another(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_event events[] = {event(LEAD_EVENT_CAPACITY, 2, 1200),
                           event(LEAD_EVENT_CAPACITY, 4, 1200)};
    events[0].link = events[1].link = "A-B";
    events[0].factor = 0.5;
    events[1].capacity = 7;
    lead_timeline *timeline = make(events, 2, topology);
    const double at[][2] = {{0, 10},   {600, 5},  {1199, 5}, {1200, 7},
                            {1800, 7}, {2399, 7}, {2400, 10}};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        assert_near(capacity_at(timeline, topology, 0, at[i][0]), at[i][1], 0);
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

static void maintenance_is_known_before(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_event events[] = {event(LEAD_EVENT_MAINTENANCE, 5, 600),
                           event(LEAD_EVENT_LINK_FAILURE, 8, 60)};
    events[0].link = events[1].link = "A-B";
    events[0].offset = 200;
    lead_timeline *timeline = make(events, 2, topology);
    const lead_network_change *changes;
    assert_int_equal(lead_timeline_changes(timeline, 5, &changes), 2);
    for (int i = 0; i < 2; i++)
        assert_true(changes[i].planned && !changes[i].up && changes[i].time == 1500);
    assert_int_equal(lead_timeline_changes(timeline, 7, &changes), 2);
    assert_true(changes[0].up && changes[0].time == 2300 && changes[0].at_once);
    assert_false(changes[0].planned); /* in the middle of an epoch its plan cannot use it */
    assert_int_equal(lead_timeline_changes(timeline, 8, &changes), 4);
    assert_false(changes[0].planned);
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

/* --- traffic ---------------------------------------------------------------------------------- */

static lead_tm_series *flat(int n, double rate) {
    lead_tm_series *series;
    double tm[100];
    assert_ok(lead_tm_series_alloc(n, NULL, &series));
    for (int od = 0; od < n * n; od++)
        tm[od] = od / n == od % n ? 0 : rate;
    for (int i = 0; i < EPOCHS; i++)
        assert_ok(lead_tm_series_append(series, run_of.start + 300 * i, tm));
    return series;
}

/* The shape, written down once more. */
static double shape_at(const lead_event *it, double t) {
    double flash = it->shape == LEAD_BURST_EXPONENTIAL ? 5 : 0;
    if (t < 0)
        return 0;
    if (t < it->ramp)
        return flash > 0 ? (1 - exp(-flash * t / it->ramp)) / (1 - exp(-flash)) : t / it->ramp;
    t -= it->ramp;
    if (it->duration == 0 || t < it->duration)
        return 1;
    t -= it->duration;
    if (t >= it->decay)
        return 0;
    return flash > 0 ? (exp(-flash * t / it->decay) - exp(-flash)) / (1 - exp(-flash))
                     : 1 - t / it->decay;
}

static void bursts_are_means_over_epochs(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    for (int kind = 0; kind < 4; kind++) {
        lead_event it = event(LEAD_EVENT_BURST, 3, kind == 3 ? 0 : 700);
        it.offset = 40;
        it.pairs = "A>B";
        it.factor = kind == 2 ? 0.25 : 4;
        it.ramp = 500;
        it.decay = kind == 3 ? 0 : 1000;
        it.shape = kind == 1 ? LEAD_BURST_EXPONENTIAL : LEAD_BURST_LINEAR;
        lead_timeline *timeline = make(&it, 1, topology);
        lead_tm_series *series = flat(4, 100);
        assert_ok(lead_timeline_shape(timeline, series, 0));
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            double mean = 0;
            for (int i = 0; i < 3000; i++)
                mean += shape_at(&it, epoch * EPOCH + (i + 0.5) / 10 - 940) / 3000;
            const double *tm = lead_tm_series_tm(series, epoch);
            assert_near(tm[1], 100 * (1 + (it.factor - 1) * mean), 1e-3);
            assert_near(tm[4], 100, 0);
        }
        lead_tm_series_free(series);
        lead_timeline_free(timeline);
    }
    lead_topology_free(topology);
}

static void many_to_one_and_rates(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_event events[] = {event(LEAD_EVENT_BURST, 1, 300), event(LEAD_EVENT_BURST, 1, 300),
                           event(LEAD_EVENT_BURST, 3, 300)};
    events[0].pairs = "*>D";
    events[0].factor = 3;
    events[1].pairs = "B>*";
    events[1].rate = 600;
    events[2].pairs = "*";
    events[2].factor = 2;
    lead_timeline *timeline = make(events, 3, topology);
    lead_tm_series *series = flat(4, 100);
    assert_ok(lead_timeline_shape(timeline, series, 0));
    const double *tm = lead_tm_series_tm(series, 1);
    assert_near(tm[3], 300, 1e-9);                     /* A>D */
    assert_near(tm[4], 100 + 600 * 100 / 500.0, 1e-9); /* B>A: of 100 + 100 + 300 */
    assert_near(tm[7], 300 + 600 * 300 / 500.0, 1e-9); /* B>D */
    assert_near(tm[1], 100, 0);
    assert_near(lead_tm_total(lead_tm_series_tm(series, 3), 4), 2400, 1e-9);
    lead_tm_series_free(series);
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

static void nodes_take_their_traffic_away(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_event events[] = {event(LEAD_EVENT_NODE_FAILURE, 1, 300),
                           event(LEAD_EVENT_NODE_FAILURE, 1, 450)};
    events[0].node = "B";
    events[0].offset = 75;
    events[1].node = "C";
    events[1].offset = 150;
    lead_timeline *timeline = make(events, 2, topology);
    lead_tm_series *series = flat(4, 100);
    double at[16];
    assert_ok(lead_timeline_shape(timeline, series, 0));
    const double *tm = lead_tm_series_tm(series, 1);
    assert_near(tm[1], 25, 1e-9);  /* A>B: up to 75 s */
    assert_near(tm[2], 50, 1e-9);  /* A>C: up to 150 s */
    assert_near(tm[6], 25, 1e-9);  /* B>C */
    assert_near(tm[3], 100, 1e-9); /* A>D */
    assert_near(lead_timeline_withdrawn(timeline, 1), 6 * 75 + 4 * 50, 1e-9);
    assert_near(lead_timeline_withdrawn(timeline, 0), 0, 0);
    /* Within the epoch it is all, then nothing; the mean is the epoch's. */
    assert_ok(lead_timeline_traffic(timeline, 300 + 74, tm, at));
    assert_near(at[1], 100, 1e-9);
    assert_ok(lead_timeline_traffic(timeline, 300 + 76, tm, at));
    assert_near(at[1], 0, 0);
    assert_near(at[2], 100, 1e-9);
    lead_tm_series_free(series);
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

/* --- what is drawn, and when ------------------------------------------------------------------ */

static void another_event_changes_no_other(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(3, "events", &random));
    lead_topology *topology = test_random_network(random, 12, 1);
    lead_event both[2] = {event(LEAD_EVENT_NODE_FAILURE, 0, 0),
                          event(LEAD_EVENT_LINK_FAILURE, 0, 300)};
    both[0].epoch = both[1].epoch = -1;
    both[0].at = both[1].at = "random";
    both[0].node = both[1].link = "random";
    int different = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        lead_event_span span = run_of;
        lead_timeline *alone, *beside;
        char key[LEAD_EVENT_KEY];
        span.seed = seed;
        assert_ok(lead_timeline_alloc(&both[1], 1, topology, &span, key, &alone));
        both[0].kind = LEAD_EVENT_NODE_REPAIR; /* changes no link */
        assert_ok(lead_timeline_alloc(both, 2, topology, &span, key, &beside));
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            const lead_network_change *a, *b;
            int count = lead_timeline_changes(alone, epoch, &a);
            assert_int_equal(lead_timeline_changes(beside, epoch, &b), count);
            for (int i = 0; i < count; i++) {
                assert_int_equal(a[i].link, b[i].link);
                assert_near(a[i].time, b[i].time, 0);
                different += a[i].link != a[0].link;
            }
        }
        lead_timeline_free(alone);
        lead_timeline_free(beside);
    }
    assert_true(different > 0);
    gsl_rng_free(random);
    lead_topology_free(topology);
}

static void events_that_say_the_same_draw_each_their_own(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(4, "events", &random));
    lead_topology *topology = test_random_network(random, 12, 1);
    lead_event twice[2] = {event(LEAD_EVENT_LINK_FAILURE, 0, 300),
                           event(LEAD_EVENT_LINK_FAILURE, 0, 300)};
    twice[0].link = twice[1].link = "random";
    int links = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        lead_event_span span = run_of;
        lead_timeline *timeline;
        const lead_network_change *changes;
        char key[LEAD_EVENT_KEY];
        span.seed = seed;
        assert_ok(lead_timeline_alloc(twice, 2, topology, &span, key, &timeline));
        links += lead_timeline_changes(timeline, 0, &changes) > 2;
        lead_timeline_free(timeline);
    }
    assert_true(links > 10);
    gsl_rng_free(random);
    lead_topology_free(topology);
}

static void times_are_clocks_moments_and_again(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_event it = event(LEAD_EVENT_LINK_FAILURE, -1, 60);
    it.link = "A-B";
    const struct {
        const char *at;
        double every, first, second;
    } cases[] = {{"09:00", 0, 0, -1},
                 {"10:00", 0, 3600, -1},
                 {"10:00:30", 0, 3630, -1},
                 {"2004-07-20T10:30Z", 0, 5400, -1},
                 {"09:10", 900, 600, 1500}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        it.at = cases[i].at;
        it.every = cases[i].every;
        lead_timeline *timeline = make(&it, 1, topology);
        assert_false(is_up(timeline, 0, cases[i].first));
        assert_true(is_up(timeline, 0, cases[i].first + 60));
        assert_true(cases[i].first == 0 || is_up(timeline, 0, cases[i].first - 1));
        if (cases[i].second >= 0)
            assert_false(is_up(timeline, 0, cases[i].second));
        lead_timeline_free(timeline);
    }
    /* What has begun before the start is known at the start. */
    it.at = "2004-07-20T08:59:30Z";
    it.every = 0;
    lead_timeline *timeline = make(&it, 1, topology);
    const lead_network_change *changes;
    assert_int_equal(lead_timeline_changes(timeline, 0, &changes), 4);
    assert_true(changes[0].planned && changes[0].time == 0 && !changes[0].up);
    assert_near(changes[2].time, 30, 0);
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

static void what_cannot_happen_is_refused_at_its_key(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    const struct {
        lead_event_kind kind;
        int epoch;
        const char *at, *link, *node, *pairs, *key, *message;
    } cases[] = {
        {LEAD_EVENT_LINK_FAILURE, 0, NULL, "A-D", NULL, NULL, "events[0].link", "no link \"A-D\""},
        {LEAD_EVENT_LINK_FAILURE, 0, NULL, "AB", NULL, NULL, "events[0].link", "no link \"AB\""},
        {LEAD_EVENT_NODE_FAILURE, 0, NULL, NULL, "E", NULL, "events[0].node", "no node \"E\""},
        {LEAD_EVENT_BURST, 0, NULL, NULL, NULL, "A-B", "events[0].pairs", "none of A>B"},
        {LEAD_EVENT_BURST, 0, NULL, NULL, NULL, "A>A", "events[0].pairs", "it has no traffic"},
        {LEAD_EVENT_LINK_FAILURE, 24, NULL, "A-B", NULL, NULL, "events[0].epoch",
         "epoch 24 does not come: the run has 24 epochs"},
        {LEAD_EVENT_LINK_FAILURE, -1, "noon", "A-B", NULL, NULL, "events[0].at",
         "\"noon\" is neither a time of day (10:00)"},
        {LEAD_EVENT_LINK_FAILURE, -1, "25:00", "A-B", NULL, NULL, "events[0].at", "\"25:00\""},
        {LEAD_EVENT_LINK_FAILURE, -1, "08:00", "A-B", NULL, NULL, "events[0].at",
         "08:00 is not in the run, which goes from 2004-07-20T09:00:00Z"},
        {LEAD_EVENT_GROUP_FAILURE, 0, NULL, NULL, NULL, NULL, "events[0].group",
         "no link of the network has risk_group 7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lead_event it = event(cases[i].kind, cases[i].epoch, 0);
        lead_timeline *timeline;
        char key[LEAD_EVENT_KEY];
        it.at = cases[i].at;
        it.link = cases[i].link;
        it.node = cases[i].node;
        it.pairs = cases[i].pairs;
        it.factor = it.kind == LEAD_EVENT_BURST ? 2 : 0;
        it.group = it.kind == LEAD_EVENT_GROUP_FAILURE ? 7 : 0;
        lead_status status = lead_timeline_alloc(&it, 1, topology, &run_of, key, &timeline);
        if (status == LEAD_OK || strcmp(key, cases[i].key) != 0 ||
            !strstr(lead_last_message(), cases[i].message))
            fail_msg("case %zu: %s at %s: %s", i, lead_status_name(status), key,
                     lead_last_message());
    }
    lead_topology_free(topology);
}

/* Their work grows with the square of how many come: there is an end to it. */
static void all_together_come_so_often(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_event events[3];
    lead_timeline *timeline;
    char key[LEAD_EVENT_KEY];
    for (int i = 0; i < 3; i++) {
        events[i] = event(LEAD_EVENT_PLAN_FAULT, 0, 300);
        events[i].every = 1;
    }
    lead_status status = lead_timeline_alloc(events, 3, topology, &run_of, key, &timeline);
    assert_fails(status, LEAD_INVALID, "all events together would come more than 20000 times");
    assert_string_equal(key, "events[2].every");
    lead_topology_free(topology);
}

/* A node may be called as the word for any node. */
static void a_node_may_be_called_random(void **state) {
    (void)state;
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int i = 0; i < 40; i++) {
        char name[20];
        snprintf(name, sizeof name, "n%d", i);
        assert_ok(lead_topology_add_node(topology, i == 39 ? "random" : name, NULL));
    }
    lead_event it = event(LEAD_EVENT_NODE_FAILURE, 1, 60);
    it.node = "random";
    lead_timeline *timeline = make(&it, 1, topology);
    assert_int_equal(lead_timeline_happenings(timeline), 1);
    assert_string_equal(lead_timeline_happening(timeline, 0).target, "random");
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

/* Names with the separators in them. */
static void names_may_have_the_signs(void **state) {
    (void)state;
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    assert_ok(lead_topology_add_node(topology, "a-b", NULL));
    assert_ok(lead_topology_add_node(topology, "c>d-e", NULL));
    assert_ok(lead_topology_add_link(topology, (lead_link){0, 1, 1, 0, 0, true, 4}, NULL));
    assert_ok(lead_topology_add_link(topology, (lead_link){1, 0, 1, 0, 0, true, 0}, NULL));
    lead_event events[] = {event(LEAD_EVENT_LINK_FAILURE, 1, 60), event(LEAD_EVENT_BURST, 2, 300),
                           event(LEAD_EVENT_GROUP_FAILURE, 5, 60)};
    events[0].link = "c>d-e-a-b";
    events[1].pairs = "a-b>c>d-e";
    events[1].factor = 2;
    events[2].group = 4;
    lead_timeline *timeline = make(events, 3, topology);
    assert_false(is_up(timeline, 0, 300));
    assert_false(is_up(timeline, 1, 1500)); /* the group's other direction */
    lead_tm_series *series = flat(2, 5);
    assert_ok(lead_timeline_shape(timeline, series, 0));
    assert_near(lead_tm_series_tm(series, 2)[1], 10, 1e-12);
    lead_tm_series_free(series);
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

/* --- counters, faults ------------------------------------------------------------------------- */

static void blackouts_strike_counters(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_counters *before, *reading;
    double utilisation[8] = {0.9, 0.1, 0.5, 0.1, 0.1, 0.1, 0.1, 0.95};
    assert_ok(lead_counters_alloc(4, 8, &before));
    assert_ok(lead_counters_alloc(4, 8, &reading));
    for (int how = 0; how < 4; how++) {
        lead_event it = event(LEAD_EVENT_BLACKOUT, 2, 600);
        it.counters = (lead_blackout_how)how;
        it.above = 0.5;
        lead_timeline *timeline = make(&it, 1, topology);
        assert_true(lead_timeline_blinds(timeline));
        for (int epoch = 0; epoch < 6; epoch++) {
            for (int e = 0; e < 8; e++) {
                before->link_bytes[e] = 5000000000u;
                reading->link_bytes[e] = 5000000000u + 1000u * (unsigned)(e + 1);
                reading->link_missing[e] = 0;
            }
            for (int od = 0; od < 16; od++) {
                reading->od_offered[od] = 777;
                reading->od_missing[od] = 0;
            }
            reading->bits = 64;
            lead_timeline_blind(timeline, epoch, utilisation, before, reading);
            for (int e = 0; e < 8; e++) {
                bool struck = (epoch == 2 || epoch == 3) && utilisation[e] >= 0.5;
                uint64_t plain = 5000000000u + 1000u * (unsigned)(e + 1);
                uint64_t late = 5000000000u, wrapped = plain & 0xffffffffu;
                assert_int_equal(reading->link_missing[e], struck && how == LEAD_BLACKOUT_LOST);
                if (!struck || how == LEAD_BLACKOUT_LOST)
                    assert_true(reading->link_bytes[e] == plain);
                else if (how == LEAD_BLACKOUT_LATE)
                    assert_true(reading->link_bytes[e] == late);
                else if (how == LEAD_BLACKOUT_WRAPPED)
                    assert_true(reading->link_bytes[e] == wrapped && reading->bits == 32);
                else
                    assert_true(reading->link_bytes[e] != plain);
            }
            /* Sources with a busy link: A (0.9) and D (0.95). */
            bool struck = epoch == 2 || epoch == 3;
            assert_int_equal(reading->od_missing[1], struck && how == LEAD_BLACKOUT_LOST);
            assert_int_equal(reading->od_missing[12], struck && how == LEAD_BLACKOUT_LOST);
            assert_int_equal(reading->od_missing[4], 0);
        }
        lead_timeline_free(timeline);
    }
    lead_counters_free(before);
    lead_counters_free(reading);
    lead_topology_free(topology);
}

static void a_share_of_the_counters(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(5, "events", &random));
    lead_topology *topology = test_random_network(random, 40, 1);
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology), struck = 0;
    lead_event it = event(LEAD_EVENT_BLACKOUT, 0, 0);
    it.share = 0.3;
    lead_timeline *timeline = make(&it, 1, topology);
    lead_counters *before, *reading;
    double *utilisation = calloc((size_t)m, sizeof *utilisation);
    assert_ok(lead_counters_alloc(n, m, &before));
    assert_ok(lead_counters_alloc(n, m, &reading));
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        memset(reading->od_missing, 0, (size_t)(n * n));
        lead_timeline_blind(timeline, epoch, utilisation, before, reading);
        for (int od = 0; od < n * n; od++)
            struck += reading->od_missing[od];
    }
    double count = (double)EPOCHS * n * n;
    assert_near(struck / count, 0.3, 5 * sqrt(0.3 * 0.7 / count));
    free(utilisation);
    lead_counters_free(before);
    lead_counters_free(reading);
    lead_timeline_free(timeline);
    gsl_rng_free(random);
    lead_topology_free(topology);
}

static void faults_and_reconvergence_hold_for_a_time(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_event events[] = {event(LEAD_EVENT_FORECAST_FAULT, 3, 600),
                           event(LEAD_EVENT_PLAN_FAULT, 5, 0),
                           event(LEAD_EVENT_RECONVERGENCE, 2, 600)};
    events[0].fault = LEAD_FAULT_NAN;
    events[0].policies = "lead, hedged";
    events[1].fault = LEAD_FAULT_CRASH;
    events[2].delay = 0.05;
    lead_timeline *timeline = make(events, 3, topology);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        lead_fault_how how = LEAD_FAULT_LATE;
        bool now = epoch == 3 || epoch == 4;
        assert_true(
            lead_timeline_fault(timeline, LEAD_EVENT_FORECAST_FAULT, epoch, "hedged", &how) == now);
        assert_true(!now || how == LEAD_FAULT_NAN);
        assert_false(lead_timeline_fault(timeline, LEAD_EVENT_FORECAST_FAULT, epoch, "lea", &how));
        assert_true(lead_timeline_fault(timeline, LEAD_EVENT_PLAN_FAULT, epoch, "any", &how) ==
                    (epoch >= 5));
    }
    assert_near(lead_timeline_reconvergence(timeline, 599, 1), 1, 0);
    assert_near(lead_timeline_reconvergence(timeline, 600, 1), 0.05, 0);
    assert_near(lead_timeline_reconvergence(timeline, 1200, 1), 1, 0);
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

static void what_happened_is_written(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_event events[] = {event(LEAD_EVENT_NODE_FAILURE, 1, 450), event(LEAD_EVENT_BURST, 4, 300),
                           event(LEAD_EVENT_LINK_FAILURE, 6, 0)};
    events[0].node = "B";
    events[1].pairs = "A>D";
    events[1].factor = 10;
    events[2].link = "A-B";
    events[2].offset = 12.5;
    lead_timeline *timeline = make(events, 3, topology);
    lead_tm_series *series = flat(4, 100);
    char *text;
    size_t length;
    assert_ok(lead_timeline_shape(timeline, series, 0));
    assert_ok(lead_timeline_write(timeline, test_path("events.csv")));
    assert_ok(lead_file_read(test_path("events.csv"), 1 << 20, &text, &length));
    assert_string_equal(text, "epoch,time,offset_s,event,kind,action,target,value,traffic_bps\n"
                              "1,2004-07-20T09:05:00Z,0,0,node-failure,begin,B,,-600\n"
                              "2,2004-07-20T09:12:30Z,150,0,node-failure,end,B,,\n"
                              "4,2004-07-20T09:20:00Z,0,1,burst,begin,A>D,factor 10,900\n"
                              "5,2004-07-20T09:25:00Z,0,1,burst,end,A>D,factor 10,\n"
                              "6,2004-07-20T09:30:12Z,12.5,2,link-failure,begin,A-B,,\n");
    free(text);
    lead_tm_series_free(series);
    lead_timeline_free(timeline);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_down_as_long_as_any_event_says),
        cmocka_unit_test(capacities_follow_one_another),
        cmocka_unit_test(maintenance_is_known_before),
        cmocka_unit_test(bursts_are_means_over_epochs),
        cmocka_unit_test(many_to_one_and_rates),
        cmocka_unit_test(nodes_take_their_traffic_away),
        cmocka_unit_test(another_event_changes_no_other),
        cmocka_unit_test(events_that_say_the_same_draw_each_their_own),
        cmocka_unit_test(times_are_clocks_moments_and_again),
        cmocka_unit_test(what_cannot_happen_is_refused_at_its_key),
        cmocka_unit_test(all_together_come_so_often),
        cmocka_unit_test(a_node_may_be_called_random),
        cmocka_unit_test(names_may_have_the_signs),
        cmocka_unit_test(blackouts_strike_counters),
        cmocka_unit_test(a_share_of_the_counters),
        cmocka_unit_test(faults_and_reconvergence_hold_for_a_time),
        cmocka_unit_test(what_happened_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
