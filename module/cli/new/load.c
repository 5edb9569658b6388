/* Whether traffic and capacities go together, by the exact optimum of the busiest epoch; and how
 * much of an epoch the packet engine is to simulate. */
#include "cli/cli.h"
#include "cli/new/draft.h"
#include <math.h>
#include <stdlib.h>

#define USUAL_LOAD 0.8
#define ABSURD_MOST 10.0
#define ABSURD_LEAST 1e-3

static int busiest(const lead_cli_draft *draft) {
    int n = lead_tm_series_node_count(draft->series), found = draft->first;
    for (int i = draft->first; i < draft->first + draft->epochs; i++)
        if (lead_tm_total(lead_tm_series_tm(draft->series, i), n) >
            lead_tm_total(lead_tm_series_tm(draft->series, found), n))
            found = i;
    return found;
}

/* --- units ------------------------------------------------------------------------------------ */

/* The unit that brings the optimum nearest to a third, among those that people write. */
static const char *better_unit(const lead_cli_draft *draft, double *optimum) {
    static const struct {
        const char *name;
        double bps;
    } units[] = {{"bit/s", 1}, {"kbit/s", 1e3}, {"Mbit/s", 1e6}, {"Gbit/s", 1e9},
                 {"B/s", 8},   {"kB/s", 8e3},   {"MB/s", 8e6}};
    const char *best = NULL;
    for (size_t i = 0; i < sizeof units / sizeof *units && draft->unit_bps > 0; i++) {
        double mlu = draft->optimum * units[i].bps / draft->unit_bps;
        if (mlu < 0.003 || mlu > 1.5)
            continue;
        if (!best || fabs(log(mlu / 0.3)) < fabs(log(*optimum / 0.3))) {
            best = units[i].name;
            *optimum = mlu;
        }
    }
    return best;
}

static void say_absurd(lead_cli_draft *draft) {
    double optimum = 0;
    const char *unit = better_unit(draft, &optimum);
    char advice[160] =
        "the capacities' or the demands' unit is another one (--topology-unit, --unit)";
    if (unit)
        snprintf(advice, sizeof advice, "with --unit %s it would be %.2g", unit, optimum);
    lead_cli_note_add(draft, LEAD_CLI_AT_LOAD,
                      "Traffic and capacities do not go together: in the busiest epoch the best "
                      "routing's MLU would be %.3g. Is the unit right? Perhaps %s. Until that is "
                      "settled, demands are scaled so that it is %g.",
                      draft->optimum, advice, USUAL_LOAD);
    draft->load = USUAL_LOAD;
}

static void say_optimum(lead_cli_draft *draft) {
    const char *meaning = draft->optimum > 1      ? ": more than the network can carry"
                          : draft->optimum < 0.05 ? ": so little that policies hardly differ"
                                                  : "";
    lead_cli_note_add(
        draft, LEAD_CLI_AT_LOAD,
        "In the busiest epoch the best routing's MLU is %.3g%s. Demands are as they are "
        "(--load 0.8 scales them so that it is 0.8).",
        draft->optimum, meaning);
}

/* --- the load --------------------------------------------------------------------------------- */

static lead_status find_optimum(lead_cli_draft *draft, int at) {
    double lost = 0;
    const double *tm = lead_tm_series_tm(draft->series, at);
    double total = lead_tm_total(tm, lead_tm_series_node_count(draft->series));
    LEAD_TRY(lead_topology_disconnected(draft->topology, tm, &lost));
    LEAD_TRY(lead_run_optimum(NULL, 1, draft->topology, draft->series, at, 1, &draft->optimum));
    if (lost >= total)
        return lead_fail(LEAD_INVALID, "%s: no path joins the nodes that send to one another",
                         draft->wishes.topology);
    if (lost > 0)
        lead_cli_note_add(draft, LEAD_CLI_AT_TOPOLOGY,
                          "%.2g %% of the busiest epoch's traffic is between nodes that no path "
                          "joins: it is lost in every run.",
                          100 * lost / total);
    return LEAD_OK;
}

/* Of synthetic traffic, which all pairs have. */
static lead_status say_cut_off(lead_cli_draft *draft) {
    const int n = lead_topology_node_count(draft->topology), pairs = n * (n - 1);
    double *ones, lost = 0;
    LEAD_TRY(lead_calloc((size_t)n * (size_t)n, sizeof *ones, &ones));
    for (int od = 0; od < n * n; od++)
        ones[od] = od / n != od % n;
    lead_status status = lead_topology_disconnected(draft->topology, ones, &lost);
    free(ones);
    if (status == LEAD_OK && lost > 0)
        lead_cli_note_add(
            draft, LEAD_CLI_AT_TOPOLOGY,
            "No path joins %.0f of the %d OD pairs: their traffic is lost in every run.", lost,
            pairs);
    return status;
}

lead_status lead_cli_draft_load(lead_cli_draft *draft) {
    if (draft->wishes.load)
        lead_cli_number(draft->wishes.load, &draft->load);
    LEAD_TRY(draft->series ? find_optimum(draft, busiest(draft)) : say_cut_off(draft));
    if (!draft->series && !(draft->load > 0)) {
        draft->load = USUAL_LOAD;
        lead_cli_note_add(draft, LEAD_CLI_AT_LOAD,
                          "Demands are scaled so that the best routing's MLU is %g in the busiest "
                          "epoch (--load).",
                          USUAL_LOAD);
    }
    if (draft->load > 0 || !(draft->optimum > 0))
        return LEAD_OK;
    if (draft->optimum > ABSURD_MOST || draft->optimum < ABSURD_LEAST)
        say_absurd(draft);
    else
        say_optimum(draft);
    return LEAD_OK;
}
