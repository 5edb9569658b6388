/* What a lap costs without the network, how many epochs a second the fluid engine does, and what a
 * LEAD forecast takes. Prints Markdown; medians.
 *
 *   bench_core lap|fluid NAME TOPOLOGY TMS      (TMS: a file, read from its end backwards)
 *   bench_core lead CHECKPOINT TOPOLOGY TMS */
#include <lead/control.h>
#include <lead/engine.h>
#include <lead/formats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef LEAD_NS3
#include "ns3/ns3c.h"
#endif

enum { LAPS = 60 };

static void check(lead_status status) {
    if (status == LEAD_OK)
        return;
    fprintf(stderr, "bench_core: %s\n", lead_last_message());
    exit(1);
}

typedef struct input {
    lead_topology *topology;
    lead_tm_series *series;
    lead_routing *routing;
    int n, m;
} input;

/* The TMs scaled to a load of about a half on the most loaded link. */
static input load(const char *topology, const char *tms) {
    input in;
    check(lead_topology_read(topology, 0, &in.topology));
    lead_tm_reading reading = {.topology = in.topology, .from = INT64_MIN};
    check(lead_tm_series_read(tms, &reading, &in.series));
    in.n = lead_topology_node_count(in.topology);
    in.m = lead_topology_link_count(in.topology);
    double *weights = malloc((size_t)in.m * sizeof *weights),
           *loads = malloc((size_t)in.m * sizeof *loads);
    check(lead_link_weights(in.topology, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
    check(lead_routing_from_weights(in.topology, weights, &in.routing));
    check(lead_routing_loads(
        in.routing, lead_tm_series_tm(in.series, lead_tm_series_length(in.series) - 1), loads));
    check(lead_tm_series_scale(in.series, 0.5 / lead_mlu(in.topology, loads)));
    free(weights);
    free(loads);
    return in;
}

static const double *tm_of(const input *in, int epoch) {
    int length = lead_tm_series_length(in->series);
    return lead_tm_series_tm(in->series, length - 1 - epoch % length);
}

static lead_engine *fluid_engine(const input *in) {
    lead_engine_options options = {.topology = in->topology,
                                   .seed = 1,
                                   .epoch = 300,
                                   .simulated = 2,
                                   .rate_scale = 1e-3,
                                   .packet_bytes = 1000,
                                   .flows_per_pair = 16,
                                   .queue_packets = 100,
                                   .mean_flow_bytes = 1e5};
    lead_engine *engine;
    check(lead_engine_alloc(lead_engine_find("fluid"), &options, &engine));
    return engine;
}

#ifdef LEAD_NS3
static ns3c_network *packet_network(const input *in) {
    ns3c_network *network;
    check(ns3c_network_alloc(1, &network));
    for (int i = 0; i < in->n; i++)
        check(ns3c_add_node(network, lead_topology_node_name(in->topology, i), NULL));
    for (int i = 0; i < in->m; i++) {
        const lead_link *link = lead_topology_link(in->topology, i);
        ns3c_link made = {
            link->source, link->destination, link->capacity, link->delay, "fifo", 100, 0};
        check(ns3c_add_link(network, &made, NULL));
    }
    check(ns3c_build(network, 1500));
    return network;
}

static double apply(ns3c_network *network, const lead_routing *routing, const double **splits) {
    for (int t = 0; t < lead_routing_node_count(routing); t++)
        splits[t] = lead_routing_splits(routing, t);
    double started = lead_clock_seconds();
    check(ns3c_install(network, splits, NULL));
    return lead_clock_seconds() - started;
}

/* One row: the median seconds of each part of a lap. */
static void bench_lap(const char *name, const input *in) {
    lead_engine *engine = fluid_engine(in);
    ns3c_network *network = packet_network(in);
    lead_policy policy = {.name = "reactive",
                          .estimator = lead_estimator_find("od-counters"),
                          .predictor = lead_predictor_find("last"),
                          .te = lead_te_find("mcf")};
    lead_controller *controller;
    lead_tm_series *history;
    lead_counters *reading;
    lead_decision decision;
    double measure[LAPS], plan[LAPS], install[LAPS], all[LAPS];
    const double **splits = malloc((size_t)in->n * sizeof *splits);
    check(lead_tm_series_alloc(in->n, NULL, &history));
    check(lead_tm_series_append(history, -300, tm_of(in, 0)));
    check(lead_controller_alloc(in->topology, &policy, history, 300, &controller));
    check(lead_counters_alloc(in->n, in->m, &reading));
    check(lead_controller_baseline(controller, reading));
    check(lead_controller_step(controller, NULL, 0, &decision));
    for (int k = 0; k < LAPS; k++) {
        check(lead_engine_run(engine, tm_of(in, k), decision.routing, NULL, 0, reading));
        check(lead_controller_step(controller, reading, 300 * k, &decision));
        measure[k] = decision.seconds_measure;
        plan[k] = decision.seconds_predict + decision.seconds_te;
        install[k] = apply(network, decision.routing, splits);
        all[k] = measure[k] + plan[k] + install[k];
    }
    printf("| %s | %d | %d | %.2f | %.2f | %.2f | %.2f |\n", name, in->n, in->m,
           1e3 * lead_quantile(measure, LAPS, 0.5), 1e3 * lead_quantile(plan, LAPS, 0.5),
           1e3 * lead_quantile(install, LAPS, 0.5), 1e3 * lead_quantile(all, LAPS, 0.5));
    ns3c_network_free(network);
    lead_controller_free(controller);
    lead_counters_free(reading);
    lead_engine_free(engine);
    free(splits);
}
#endif

/* One row: epochs a second, the median of five rounds of at least a tenth of a second. */
static void bench_fluid(const char *name, const input *in) {
    lead_engine *engine = fluid_engine(in);
    lead_counters *reading;
    double rate[5];
    check(lead_counters_alloc(in->n, in->m, &reading));
    for (int round = 0; round < 5; round++) {
        double started = lead_clock_seconds(), passed = 0;
        long epochs = 0;
        while (passed < 0.1) {
            check(lead_engine_run(engine, tm_of(in, (int)epochs), in->routing, NULL, 0, reading));
            epochs++;
            passed = lead_clock_seconds() - started;
        }
        rate[round] = (double)epochs / passed;
    }
    printf("| %s | %d | %d | %.0f |\n", name, in->n, in->m, lead_quantile(rate, 5, 0.5));
    lead_counters_free(reading);
    lead_engine_free(engine);
}

/* A row for so many steps ahead: median, mean and largest ms of a day's forecasts of 20 samples,
 * one for every TM of it, as a loop makes them; one of them recalibrates. */
static void bench_horizon(const char *name, const char *checkpoint, int horizon, const input *in) {
    lead_predictor_options options = {.node_count = in->n,
                                      .horizon = horizon,
                                      .samples = 20,
                                      .step = lead_tm_series_step(in->series),
                                      .seed = 1,
                                      .checkpoint = checkpoint,
                                      .threads = 1,
                                      .network = in->topology,
                                      .device = "cpu"};
    size_t values = 20 * (size_t)horizon * (size_t)(in->n * in->n);
    size_t count = (size_t)(86400 / options.step);
    int first = lead_tm_series_length(in->series) - (int)count;
    double *samples = malloc(values * sizeof *samples);
    double *ms = malloc(count * sizeof *ms), sum = 0;
    lead_predictor *predictor;
    check(lead_predictor_alloc(lead_predictor_find("lead"), &options, &predictor));
    for (int k = -2; k < (int)count; k++) { /* the first two warm up */
        double started = lead_clock_seconds();
        check(
            lead_predictor_forecast(predictor, in->series, first + k, (uint64_t)(k + 2), samples));
        if (k >= 0)
            sum += ms[k] = 1e3 * (lead_clock_seconds() - started);
    }
    printf("| %s | %d | %d | %.1f | %.1f | %.0f |\n", name, in->n, horizon,
           lead_quantile(ms, count, 0.5), sum / (double)count, lead_quantile(ms, count, 1));
    lead_predictor_free(predictor);
    free(ms);
    free(samples);
}

static void bench_lead(const char *checkpoint, const input *in) {
    const char *slash = strrchr(checkpoint, '/');
    const char *name = slash ? slash + 1 : checkpoint;
    bench_horizon(name, checkpoint, 1, in);
    bench_horizon(name, checkpoint, 20, in);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: bench_core lap|fluid|lead NAME|CHECKPOINT TOPOLOGY TMS\n");
        return 1;
    }
    input in = load(argv[3], argv[4]);
    if (strcmp(argv[1], "fluid") == 0)
        bench_fluid(argv[2], &in);
#ifdef LEAD_NS3
    else if (strcmp(argv[1], "lap") == 0)
        bench_lap(argv[2], &in);
#endif
    else if (strcmp(argv[1], "lead") == 0)
        bench_lead(argv[2], &in);
    lead_routing_free(in.routing);
    lead_tm_series_free(in.series);
    lead_topology_free(in.topology);
    return 0;
}
