/* The network and the TMs that a scenario names. */
#include <lead/formats.h>
#include <lead/scenario.h>
#include <math.h>
#include <stdlib.h>

static int64_t step_of(const lead_scenario *scenario) {
    return (int64_t)llround(scenario->engine_options.epoch);
}

static int compare_times(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The TMs whose times are not among times[count], which ascend. */
static lead_status copy_others(const lead_tm_series *all, const int64_t *times, int count,
                               lead_tm_series **out) {
    int n = lead_tm_series_node_count(all);
    LEAD_TRY(lead_tm_series_alloc(n, NULL, out));
    for (int i = 0; i < lead_tm_series_length(all); i++) {
        int64_t time = lead_tm_series_time(all, i);
        if (count == 0 || !bsearch(&time, times, (size_t)count, sizeof time, compare_times))
            LEAD_TRY(lead_tm_series_append(*out, time, lead_tm_series_tm(all, i)));
    }
    return LEAD_OK;
}

static lead_status read_without_suspects(const lead_scenario *scenario,
                                         const lead_tm_reading *reading, lead_tm_series **out) {
    lead_tm_series *all = NULL;
    int64_t *times = NULL;
    int count;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_times_read(scenario->suspect_file, &times, &count));
    LEAD_TRY_FREE(lead_tm_series_read(scenario->tm_file, reading, &all));
    LEAD_TRY_FREE(copy_others(all, times, count, out));
fail:
    free(times);
    lead_tm_series_free(all);
    return status;
}

static lead_status read_file(const lead_scenario *scenario, const lead_topology *topology,
                             lead_tm_series **out) {
    int64_t step = step_of(scenario);
    lead_tm_reading reading = {.topology = topology, .unit = scenario->unit, .from = INT64_MIN};
    if (scenario->start != INT64_MIN) {
        reading.from = scenario->start - scenario->history * step;
        reading.to = scenario->epochs > 0 ? scenario->start + scenario->epochs * step : 0;
    }
    return scenario->suspect_file ? read_without_suspects(scenario, &reading, out)
                                  : lead_tm_series_read(scenario->tm_file, &reading, out);
}

static lead_status generate(const lead_scenario *scenario, const lead_topology *topology,
                            lead_tm_series **out) {
    lead_synthetic model = scenario->synthetic;
    model.step = step_of(scenario);
    model.start = scenario->start - scenario->history * model.step;
    model.epochs = scenario->history + scenario->epochs;
    return lead_synthetic_generate(&model, topology, out);
}

/* The index of the first epoch; then every epoch must be there, one step after the other. */
static lead_status check_epochs(const lead_scenario *scenario, const lead_tm_series *series,
                                int *first) {
    int length = lead_tm_series_length(series);
    const char *file = scenario->tm_file ? scenario->tm_file : "the synthetic TMs";
    char text[LEAD_TIME_LENGTH + 1];
    if (length == 0)
        return lead_fail(LEAD_INVALID, "%s: there are no TMs in the time that is asked for", file);
    int64_t start = scenario->start == INT64_MIN ? lead_tm_series_time(series, 0) : scenario->start;
    *first = lead_tm_series_find(series, start);
    lead_time_format(start, text);
    if (*first < 0)
        return lead_fail(LEAD_INVALID, "%s: there is no TM of %s, where the scenario starts", file,
                         text);
    int epochs = scenario->epochs > 0 ? scenario->epochs : length - *first;
    for (int i = 0; i < epochs; i++) {
        int64_t wanted = start + i * step_of(scenario);
        lead_time_format(wanted, text);
        if (*first + i >= length || lead_tm_series_time(series, *first + i) != wanted)
            return lead_fail(LEAD_INVALID,
                             "%s: there is no TM of %s (epoch %d; epochs are %lld s apart)", file,
                             text, i, (long long)step_of(scenario));
    }
    return LEAD_OK;
}

/* LEAD_INFEASIBLE naming a pair that has traffic in some epoch and no path. */
static lead_status check_connected(const lead_scenario *scenario, const lead_topology *topology,
                                   const lead_tm_series *series, int first) {
    size_t n = (size_t)lead_topology_node_count(topology);
    double *all;
    LEAD_TRY(lead_calloc(n * n, sizeof *all, &all));
    for (int i = first; i < lead_tm_series_length(series); i++)
        for (size_t od = 0; od < n * n; od++)
            all[od] += lead_tm_series_tm(series, i)[od];
    lead_status status = lead_topology_check_connected(topology, all);
    free(all);
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "%s", scenario->topology_file);
}

lead_status lead_scenario_load(const lead_scenario *scenario, lead_topology **topology,
                               lead_tm_series **series, int *first) {
    lead_topology *network = NULL;
    lead_tm_series *tms = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(
        lead_topology_read(scenario->topology_file, scenario->default_capacity, &network));
    LEAD_TRY_FREE(scenario->tm_file ? read_file(scenario, network, &tms)
                                    : generate(scenario, network, &tms));
    LEAD_TRY_FREE(check_epochs(scenario, tms, first));
    LEAD_TRY_FREE(check_connected(scenario, network, tms, *first));
    LEAD_TRY_FREE(lead_tm_series_scale(tms, scenario->load_factor));
    *topology = network;
    *series = tms;
    return LEAD_OK;
fail:
    lead_topology_free(network);
    lead_tm_series_free(tms);
    return status;
}
