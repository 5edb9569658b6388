/* Which paths plans over samples split a pair over: the first kind whose best plan for what is
 * known before the run is nearly as good as the best routing there is. */
#include "cli/new/draft.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NEAR 1.01      /* of the best routing's MLU: good enough */
#define TRY_SECONDS 10 /* a plan; one that takes longer is not for every epoch anyway */

enum { DAY = 86400, KINDS = 3 };

typedef struct kind {
    const char *name, *words;
    lead_te_path_choice choice;
    double mlu; /* of the best plan over such paths */
    bool late;  /* of the best that was found in TRY_SECONDS */
} kind;

/* The mean of `count` TMs from one on. */
static void mean_of(const lead_tm_series *series, int from, int count, double *tm) {
    const int n = lead_tm_series_node_count(series);
    for (int i = from; i < from + count; i++)
        for (int od = 0; od < n * n; od++)
            tm[od] += lead_tm_series_tm(series, i)[od] / count;
}

/* The mean TM of the last day before the run; without one, or of synthetic traffic, of the run. */
static lead_status outlook(const lead_cli_draft *draft, double *tm) {
    const int day = (int)(DAY / draft->step);
    lead_synthetic model = lead_synthetic_default();
    lead_tm_series *made;
    model.start = draft->start;
    model.step = draft->step;
    model.epochs = draft->epochs;
    if (draft->series && draft->first == 0)
        mean_of(draft->series, 0, draft->epochs, tm);
    if (draft->series && draft->first > 0) {
        int count = day < 1 ? 1 : day < draft->first ? day : draft->first;
        mean_of(draft->series, draft->first - count, count, tm);
    }
    if (draft->series)
        return LEAD_OK;
    LEAD_TRY(lead_synthetic_generate(&model, draft->topology, &made));
    mean_of(made, 0, draft->epochs, tm);
    lead_tm_series_free(made);
    return LEAD_OK;
}

/* Ratios of MLUs are the same at any scale, and a wrong unit has been told: all traffic together is
 * what the smallest link carries. */
static void scale(const lead_topology *topology, double *tm) {
    const int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    const double total = lead_tm_total(tm, n);
    double least = INFINITY;
    for (int e = 0; e < m; e++)
        least = fmin(least, lead_topology_link(topology, e)->capacity);
    for (int od = 0; od < n * n && total > 0 && m > 0; od++)
        tm[od] *= least / total;
}

static lead_status best_mlu(const lead_topology *topology, const char *algorithm,
                            const lead_te_options *options, const double *tm, double *mlu) {
    lead_te *te;
    lead_te_plan plan = {0};
    const lead_te_demand demand = {.tms = tm, .samples = 1};
    LEAD_TRY(lead_te_alloc(lead_te_find(algorithm), topology, options, &te));
    lead_status status = lead_te_plan_for(te, &demand, &plan);
    *mlu = plan.mlu;
    lead_te_plan_clear(&plan);
    lead_te_free(te);
    return status;
}

/* Tries one kind after the other until one is near the best routing's *best; *count: how many. */
static lead_status try_kinds(const lead_topology *topology, const double *tm, kind *kinds,
                             int *count, double *best) {
    lead_te_options options = {.tie_break = LEAD_TE_TIE_BREAK_VERTEX, .time_limit = TRY_SECONDS};
    bool near = false;
    LEAD_TRY(best_mlu(topology, "mcf", &options, tm, best));
    options.paths = LEAD_CLI_NEW_PATHS;
    for (*count = 0; *count < KINDS && !near; (*count)++) {
        kind *tried = &kinds[*count];
        options.path_choice = tried->choice;
        const double started = lead_clock_seconds();
        LEAD_TRY(best_mlu(topology, "paths", &options, tm, &tried->mlu));
        tried->late = lead_clock_seconds() - started >= TRY_SECONDS;
        near = tried->mlu <= NEAR * *best;
    }
    return LEAD_OK;
}

/* The best of those tried is taken; why, where it is not the first that was tried alone. */
static void take(lead_cli_draft *draft, const kind *kinds, int count, double best) {
    char text[300] = "";
    size_t at = 0;
    int taken = 0;
    for (int i = 0; i < count; i++) {
        taken = kinds[i].mlu < kinds[taken].mlu ? i : taken;
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%d %s %.1f %%%s", i > 0 ? ", " : "",
                               LEAD_CLI_NEW_PATHS, kinds[i].words,
                               fmax(0, 100 * (kinds[i].mlu / best - 1)),
                               kinds[i].late ? " (the time was up)" : "");
    }
    if (count == 1)
        return;
    draft->path_choice = taken > 0 ? kinds[taken].name : NULL; /* the first is the default */
    lead_cli_note_add(draft, LEAD_CLI_AT_POLICIES,
                      "How far the best plan for %s is above the best routing's MLU depends on the "
                      "paths that a pair may be split over: %s. So plans over samples have "
                      "`path_choice: %s`.",
                      draft->first > 0 ? "the last day's mean TM" : "the mean TM", text,
                      kinds[taken].name);
}

lead_status lead_cli_draft_paths(lead_cli_draft *draft) {
    kind kinds[KINDS] = {
        {"shortest", "shortest", LEAD_TE_PATHS_SHORTEST, 0, false},
        {"disjoint", "disjoint", LEAD_TE_PATHS_DISJOINT, 0, false},
        {"oblivious", "of the oblivious routing", LEAD_TE_PATHS_OBLIVIOUS, 0, false}};
    const size_t n = (size_t)lead_topology_node_count(draft->topology);
    int count;
    double *tm, best;
    if (!draft->hedged && !draft->forecast)
        return LEAD_OK;
    LEAD_TRY(lead_calloc(n * n, sizeof *tm, &tm));
    lead_status status = outlook(draft, tm);
    scale(draft->topology, tm);
    if (status == LEAD_OK)
        status = try_kinds(draft->topology, tm, kinds, &count, &best);
    free(tm);
    if (status == LEAD_OK && best > 0)
        take(draft, kinds, count, best);
    return status;
}
