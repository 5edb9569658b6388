#include "cli/convert/folder.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

lead_status lead_cli_check_dote(const lead_cli_dote *options, const char *topology) {
    const char *alone = options->paths         ? "paths"
                        : options->path_choice ? "path-choice"
                        : options->tunnels     ? "tunnels"
                                               : NULL;
    if (!options->train && alone)
        return lead_fail(LEAD_INVALID,
                         "--%s is for a folder of DOTE and FIGRET: state --train SHARE, too",
                         alone);
    if (options->train && !topology)
        return lead_fail(LEAD_INVALID,
                         "--train writes a folder of DOTE and FIGRET, which has the network, too: "
                         "state --topology FILE");
    if (options->tunnels && options->path_choice)
        return lead_fail(LEAD_INVALID, "--tunnels are the paths: leave --path-choice out");
    return LEAD_OK;
}

/* How many of the TMs are for training. */
static lead_status count_train(const char *share, const lead_tm_series *series, int *train) {
    const int length = lead_tm_series_length(series);
    double number = 0;
    lead_cli_number(share, &number);
    *train = (int)lround(number * length);
    return *train > 0 && *train < length
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "--train: %s of %d TMs leaves none to %s", share, length,
                           *train > 0 ? "test on" : "train on");
}

/* The paths of the file, or those that `paths` and `robust` would plan over. */
static lead_status find_tunnels(const lead_cli_dote *options, const lead_topology *topology,
                                lead_routing **tunnels) {
    lead_te_options te = {0};
    double paths = 0;
    lead_routing *given = NULL;
    lead_status status = LEAD_OK;
    lead_cli_number(options->paths, &paths);
    te.paths = (int)paths;
    if (options->path_choice && strcmp(options->path_choice, "disjoint") == 0)
        te.path_choice = LEAD_TE_PATHS_DISJOINT;
    if (options->tunnels)
        LEAD_TRY_FREE(lead_tunnels_read(options->tunnels, topology, &given));
    te.tunnels = given;
    te.tunnels_file = options->tunnels;
    status = lead_te_paths_of(topology, &te, tunnels);
fail:
    lead_routing_free(given);
    return status;
}

/* What has no least MLU over the paths that is above 0, or is left out of it. */
static void warn_of_odd(const char *folder, int zero, int cut_off) {
    if (zero > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d TMs have no traffic: their optimum is 0, by which DOTE and FIGRET divide",
                 folder, zero);
    if (cut_off > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d TMs have traffic between nodes that no path joins: it is not in their "
                 "optimum",
                 folder, cut_off);
}

/* optima[length]: the least MLU of each TM over the paths. */
static lead_status find_optima(const lead_topology *topology, const lead_tm_series *series,
                               const lead_routing *tunnels, const char *folder, double *optima) {
    const lead_te_options options = {.tunnels = tunnels, .tie_break = LEAD_TE_TIE_BREAK_VERTEX};
    const int length = lead_tm_series_length(series);
    const double started = lead_clock_seconds();
    lead_cli_progress progress = {.what = "optima"};
    int zero = 0, cut_off = 0;
    lead_te *te;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_te_alloc(lead_te_find("paths"), topology, &options, &te));
    for (int i = 0; i < length; i++) {
        const lead_te_demand demand = {.tms = lead_tm_series_tm(series, i), .samples = 1};
        lead_te_plan plan;
        LEAD_TRY_FREE(lead_te_plan_for(te, &demand, &plan));
        optima[i] = plan.mlu;
        zero += !(plan.mlu > 0);
        cut_off += plan.disconnected > 0;
        lead_te_plan_clear(&plan);
        lead_cli_progress_show(i + 1, length, lead_clock_seconds() - started, &progress);
    }
    warn_of_odd(folder, zero, cut_off);
fail:
    if (status != LEAD_OK)
        lead_cli_progress_end(&progress);
    lead_te_free(te);
    return status;
}

static int count_paths(const lead_routing *tunnels, int n) {
    const lead_path *paths;
    int count = 0;
    for (int od = 0; od < n * n; od++)
        count += lead_routing_paths(tunnels, od / n, od % n, &paths);
    return count;
}

lead_status lead_cli_write_dote(const lead_cli_dote *options, const lead_topology *topology,
                                const lead_tm_series *series, const char *folder) {
    const int length = lead_tm_series_length(series), n = lead_topology_node_count(topology);
    lead_dote dote = {.topology = topology, .series = series};
    lead_routing *tunnels = NULL;
    double *optima = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(count_train(options->train, series, &dote.train));
    LEAD_TRY_FREE(lead_dote_check(topology, folder));
    LEAD_TRY_FREE(find_tunnels(options, topology, &tunnels));
    LEAD_TRY_FREE(lead_calloc((size_t)length, sizeof *optima, &optima));
    LEAD_TRY_FREE(find_optima(topology, series, tunnels, folder, optima));
    dote.tunnels = tunnels;
    dote.optima = optima;
    LEAD_TRY_FREE(lead_dote_write(&dote, folder));
    printf("%s: %d TMs to train on, %d to test on, of %d nodes; %d directed links; %d paths; .opt: "
           "the least MLU over these paths\n",
           folder, dote.train, length - dote.train, n, lead_topology_link_count(topology),
           count_paths(tunnels, n));
fail:
    free(optima);
    lead_routing_free(tunnels);
    return status;
}
