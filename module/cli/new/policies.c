/* Which policies a draft compares: what is always worth knowing, and of forecasts the best one that
 * works on this network with this history. */
#include "cli/cli.h"
#include "cli/new/draft.h"
#include <dirent.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES = 20, DAY = 86400 };

/* Robust plans over 20 samples of 60 nodes take minutes: from so many OD pairs on they are ended.
 */
enum { MANY_PAIRS = 1500, PLAN_SECONDS = 10 };

/* --- trying ----------------------------------------------------------------------------------- */

/* The TMs that policies know when the run begins. */
static lead_status take_history(const lead_cli_draft *draft, lead_tm_series **out) {
    int from = draft->first;
    while (from > 0 && lead_tm_series_time(draft->series, from - 1) >=
                           draft->start - draft->history * draft->step)
        from--;
    return lead_tm_series_slice(draft->series, from, draft->first - from, out);
}

/* At the end of what the run knows when it begins. */
static lead_status forecast_once(const lead_predictor_options *options, lead_predictor *predictor) {
    size_t n = (size_t)options->node_count;
    int now = lead_tm_series_length(options->fit) - 1;
    double *samples;
    if (now < 0)
        return lead_fail(LEAD_INVALID, "there are no TMs before the run");
    LEAD_TRY(lead_calloc(SAMPLES * n * n, sizeof *samples, &samples));
    lead_status status =
        options->joint ? lead_predictor_forecast_joint(predictor, options->fit, now, 0, samples)
                       : lead_predictor_forecast(predictor, options->fit, now, 0, samples);
    free(samples);
    return status;
}

/* Makes the predictor as the run would, and its first forecast where there is traffic by now, which
 * there is not while it is synthetic. */
static lead_status try_predictor(const lead_cli_draft *draft, const char *name,
                                 const char *checkpoint) {
    lead_tm_series *history = NULL;
    lead_predictor *predictor = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(draft->series ? take_history(draft, &history) : LEAD_OK);
    lead_predictor_options options = {.node_count = lead_topology_node_count(draft->topology),
                                      .horizon = 1,
                                      .samples = SAMPLES,
                                      .step = draft->step,
                                      .seed = 1,
                                      .fit = history,
                                      .checkpoint = checkpoint,
                                      .recalibrate = LEAD_RECALIBRATE_NEVER,
                                      .joint = !checkpoint,
                                      .network = draft->topology};
    LEAD_TRY_FREE(lead_predictor_alloc(lead_predictor_find(name), &options, &predictor));
    status = history ? forecast_once(&options, predictor) : LEAD_OK;
fail:
    lead_predictor_free(predictor);
    lead_tm_series_free(history);
    return status;
}

/* --- checkpoints ------------------------------------------------------------------------------ */

/* A checkpoint of this network's nodes and of this step, or for any network. */
typedef struct candidate {
    char path[PATH_MAX], name[256];
    lead_checkpoint about;
    bool own;  /* lies beside the scenario or in $LEAD_MODELS */
    bool any;  /* is for any network */
    bool seen; /* was trained on TMs of the run */
} candidate;

/* Whether the manifest's nodes are the network's, in any order. */
static bool knows_nodes(const char *folder, const lead_topology *topology) {
    char path[PATH_MAX + 20];
    snprintf(path, sizeof path, "%s/manifest.json", folder);
    json_t *root = json_load_file(path, 0, NULL), *nodes = json_object_get(root, "nodes");
    size_t count = json_array_size(nodes), known = 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(nodes, i));
        known += name && lead_topology_find_node(topology, name) >= 0;
    }
    json_decref(root);
    return count > 0 && known == count && (int)count == lead_topology_node_count(topology);
}

static bool overlaps(const lead_checkpoint *about, const lead_cli_draft *draft) {
    return about->seen_from < draft->start + draft->epochs * draft->step &&
           draft->start < about->seen_until;
}

/* Whether a candidate is to be had rather than the one so far: of traffic of the draft's kind, the
 * user's own, which has not seen the run, which has seen the latest. One for any network is only
 * the last resort. */
static bool is_better(const candidate *a, const candidate *b, bool synthetic) {
    bool fits_a = (strcmp(a->about.data, "synthetic") == 0) == synthetic,
         fits_b = (strcmp(b->about.data, "synthetic") == 0) == synthetic;
    if (!*b->name)
        return true;
    if (a->any != b->any)
        return b->any;
    if (fits_a != fits_b)
        return fits_a;
    if (a->own != b->own)
        return a->own;
    return a->seen != b->seen ? !a->seen : a->about.seen_until > b->about.seen_until;
}

static void offer(const lead_cli_draft *draft, const char *folder, const char *name, bool own,
                  candidate *best) {
    candidate found = {.own = own};
    if ((size_t)snprintf(found.path, sizeof found.path, "%s/%s", folder, name) >=
            sizeof found.path ||
        (size_t)snprintf(found.name, sizeof found.name, "%s", name) >= sizeof found.name)
        return;
    if (lead_checkpoint_read(found.path, &found.about) != LEAD_OK)
        return;
    found.any = found.about.node_count == 0 && found.about.step == 0;
    if (!found.any &&
        (found.about.step != draft->step || !knows_nodes(found.path, draft->topology)))
        return;
    found.seen = draft->series && overlaps(&found.about, draft);
    if (is_better(&found, best, !draft->series))
        *best = found;
}

static void offer_folder(const lead_cli_draft *draft, const char *folder, bool own,
                         candidate *best) {
    struct dirent **entries;
    char manifest[PATH_MAX + 300];
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(manifest, sizeof manifest, "%.4000s/%.255s/manifest.json", folder,
                 entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && access(manifest, F_OK) == 0)
            offer(draft, folder, entries[i]->d_name, own, best);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* Where the scenario will look for a checkpoint's name: beside it, then in the other places. */
static void find_checkpoint(const lead_cli_draft *draft, candidate *best) {
    char folder[PATH_MAX];
    const char *slash = strrchr(draft->out, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - draft->out + 1) : 1,
             slash ? draft->out : ".");
    offer_folder(draft, folder, true, best);
    for (int i = 1; i < LEAD_CHECKPOINT_FOLDERS; i++)
        if (lead_find_checkpoint_folder(i, folder, sizeof folder))
            offer_folder(draft, folder, i == 1, best);
}

/* Synthetic traffic that a checkpoint knows is that of its own history. */
enum { SYNTHETIC_HISTORY = 8640 };

static void take_checkpoint(lead_cli_draft *draft, const candidate *found) {
    if (try_predictor(draft, "lead", found->path) != LEAD_OK) {
        lead_cli_note_add(draft, LEAD_CLI_AT_POLICIES,
                          "The checkpoint %s %s, but cannot be used: %s.", found->name,
                          found->any ? "is for any network" : "knows this network",
                          lead_last_message());
        return;
    }
    draft->forecast = "lead";
    snprintf(draft->checkpoint, sizeof draft->checkpoint, "%s", found->name);
    if (!draft->series && !found->any)
        draft->history = SYNTHETIC_HISTORY;
    if (found->any) {
        lead_cli_note_add(
            draft, LEAD_CLI_AT_POLICIES,
            "No checkpoint that is here is of these nodes and this step: policy `lead` "
            "takes %s, which is for any network; docs/tutorial-train.md fine-tunes it to this one.",
            found->name);
        return;
    }
    lead_cli_note_add(draft, LEAD_CLI_AT_POLICIES,
                      "The checkpoint %s is of these nodes and this step: policy `lead`.%s%s",
                      found->name,
                      found->seen ? " It was trained on TMs of the very time that is run, which "
                                    "flatters it."
                                  : "",
                      strcmp(found->about.data, "synthetic") == 0 && draft->series
                          ? " It was trained on synthetic traffic."
                          : "");
    if (draft->series)
        lead_cli_note_add(draft, LEAD_CLI_AT_POLICIES,
                          "Whether %s is better here than the checkpoint for any network: lead "
                          "evaluate --predictor lead:%s --predictor lead:any --tm FILE.",
                          found->name, found->name);
}

/* --- the policies ----------------------------------------------------------------------------- */

/* seasonal would take the last TM for yesterday's where it has none. */
static lead_status try_classical(const lead_cli_draft *draft, const char *name) {
    if (strcmp(name, "seasonal") == 0 && draft->history * draft->step < DAY)
        return lead_fail(LEAD_INVALID, "%s: there is no day of them", name);
    if (draft->series)
        return try_predictor(draft, name, NULL);
    if (strcmp(name, "nlinear") != 0 && (DAY % draft->step != 0 || DAY / draft->step < 3))
        return lead_fail(LEAD_INVALID, "%s: a day has no three whole steps", name);
    return LEAD_OK;
}

/* The first of the classical forecasts that has history enough. */
static void take_classical(lead_cli_draft *draft) {
    static const char *const names[] = {"nlinear-day", "nlinear", "seasonal"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !draft->forecast; i++)
        if (try_classical(draft, names[i]) == LEAD_OK)
            draft->forecast = names[i];
    if (draft->forecast)
        lead_cli_note_add(
            draft, LEAD_CLI_AT_POLICIES,
            "No checkpoint of LEAD that is here is of these nodes and this step: policy "
            "`forecast` takes %s. docs/tutorial-train.md trains one.",
            draft->forecast);
    else
        lead_cli_note_add(draft, LEAD_CLI_AT_POLICIES,
                          "No policy with a forecast of its own, not even of the simplest: %s.",
                          lead_last_message());
}

static void limit_plans(lead_cli_draft *draft) {
    const int n = lead_topology_node_count(draft->topology), pairs = n * (n - 1);
    const double tenth = (double)draft->step / 10;
    if (pairs <= MANY_PAIRS)
        return;
    draft->plan_limit = tenth < PLAN_SECONDS ? tenth : PLAN_SECONDS;
    lead_cli_note_add(draft, LEAD_CLI_AT_POLICIES,
                      "The best robust plan for %d OD pairs can take minutes: `time_limit` takes "
                      "the best one found in %g s.",
                      pairs, draft->plan_limit);
}

lead_status lead_cli_draft_policies(lead_cli_draft *draft) {
    candidate best = {.own = false};
    draft->reactive = !draft->series || draft->first > 0 || draft->epochs > 1;
    draft->hedged = !draft->series || try_predictor(draft, "last", NULL) == LEAD_OK;
    if (draft->reactive && !draft->hedged)
        lead_cli_note_add(draft, LEAD_CLI_AT_POLICIES, "No policy `hedged`: %s.",
                          lead_last_message());
    find_checkpoint(draft, &best);
    if (*best.name && (!best.any || draft->reactive))
        take_checkpoint(draft, &best);
    if (!draft->forecast && draft->reactive)
        take_classical(draft);
    if (draft->hedged || draft->forecast)
        limit_plans(draft);
    return LEAD_OK;
}
