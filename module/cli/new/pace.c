/* How much of each epoch the packet engine simulates, and at which part of all rates: packets
 * enough to tell loads by, and not so many that a run takes long (docs/scenario.md has the rule).
 */
#include "cli/new/draft.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* As scenarios/abilene-day.yaml has it: 9.92 Gbit/s at a thousandth for 2 s, 2480 packets when
 * full.
 */
#define SIMULATED_S 2.0
#define SIMULATED_RATE 10e6
#define PACKET_BITS 8000.0
#define MOST_PACKETS 2e7

/* That is for such an MLU; where it is less, so many times more at most. */
#define USUAL_LOAD 0.8
#define MOST_MORE 100.0

/* The nearest of 1, 0.5, 0.2, 0.1, ... by its ratio; 1 at most. */
static double round_scale(double scale) {
    static const double digits[] = {1, 0.5, 0.2};
    double best = 1;
    for (double power = 1; power > 1e-12; power /= 10)
        for (int i = 0; i < 3; i++)
            if (fabs(log(power * digits[i] / scale)) < fabs(log(best / scale)))
                best = power * digits[i];
    return best;
}

/* A quarter of the links have this capacity or less. */
static lead_status find_capacities(const lead_topology *topology, double *quartile, double *least) {
    int count = lead_topology_link_count(topology);
    double *capacities;
    LEAD_TRY(lead_calloc((size_t)count, sizeof *capacities, &capacities));
    for (int e = 0; e < count; e++)
        capacities[e] = lead_topology_link(topology, e)->capacity;
    lead_sort(capacities, (size_t)count);
    *least = capacities[0];
    *quartile = capacities[count / 4];
    free(capacities);
    return LEAD_OK;
}

/* Packets of a policy's run; 0: not known before the run. */
static double count_packets(const lead_cli_draft *draft) {
    double bits = 0;
    for (int i = 0; draft->series && i < draft->epochs; i++)
        bits += lead_tm_total(lead_tm_series_tm(draft->series, draft->first + i),
                              lead_tm_series_node_count(draft->series));
    double factor = draft->load > 0 && draft->optimum > 0 ? draft->load / draft->optimum : 1;
    return factor * bits * draft->simulated * draft->rate_scale / PACKET_BITS;
}

/* The packet engine where this build has it and it can simulate the slowest link. */
static void choose_engine(lead_cli_draft *draft, double least) {
    const lead_engine_type *type = lead_engine_find("ns3");
    lead_engine_options options = {.rate_scale = draft->rate_scale};
    draft->engine = "fluid";
    if (!type) {
        lead_cli_note_add(draft, LEAD_CLI_AT_ENGINE, "This build has no packet engine (ns3).");
        return;
    }
    while (lead_engine_check_capacity(type, &options, least) != LEAD_OK && options.rate_scale < 1)
        options.rate_scale = fmin(1, 10 * options.rate_scale);
    draft->rate_scale = options.rate_scale;
    if (lead_engine_check_capacity(type, &options, least) == LEAD_OK)
        draft->engine = "ns3";
    else
        lead_cli_note_add(draft, LEAD_CLI_AT_ENGINE, "Not ns3: %s.", lead_last_message());
}

/* "2.5 Gbit/s" */
static const char *rate_text(double rate, char text[40]) {
    static const char *const units[] = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};
    int unit = 0;
    for (; unit < 4 && rate >= 999.5; unit++)
        rate /= 1000;
    snprintf(text, 40, "%.3g %s", rate, units[unit]);
    return text;
}

/* The MLU of the best routing in the busiest epoch, as it will be run. */
static double load_of(const lead_cli_draft *draft) {
    return draft->load > 0 ? draft->load : draft->optimum;
}

static void say_pace(lead_cli_draft *draft, double capacity) {
    char rate[40], packets[80] = "";
    double full = capacity * draft->rate_scale * draft->simulated / PACKET_BITS;
    if (draft->series)
        snprintf(packets, sizeof packets, " A policy's run has about %.2g packets.",
                 count_packets(draft));
    lead_cli_note_add(
        draft, LEAD_CLI_AT_TIME,
        "ns3 simulates %g s of each epoch at %g of all rates: on a link of %s, as busy as the best "
        "routing's busiest, that is %.2g packets.%s More is slower and less noisy.",
        draft->simulated, draft->rate_scale, rate_text(capacity, rate), full * load_of(draft),
        packets);
}

lead_status lead_cli_draft_pace(lead_cli_draft *draft) {
    double least, capacity;
    LEAD_TRY(find_capacities(draft->topology, &capacity, &least));
    double rate = SIMULATED_RATE * fmin(MOST_MORE, fmax(1, USUAL_LOAD / load_of(draft)));
    draft->rate_scale = round_scale(fmin(1, rate / capacity));
    draft->simulated = SIMULATED_S;
    if (capacity < rate) /* slow links have more packets only where more is simulated */
        draft->simulated = round(SIMULATED_S * rate / capacity);
    draft->simulated = fmin((double)draft->step, draft->simulated);
    double packets = count_packets(draft);
    if (packets > MOST_PACKETS)
        draft->rate_scale = round_scale(draft->rate_scale * MOST_PACKETS / packets);
    choose_engine(draft, least);
    say_pace(draft, capacity);
    return LEAD_OK;
}
