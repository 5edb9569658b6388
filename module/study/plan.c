/* From a scenario and what is varied of it to the table. */
#include "base/expects.h"
#include "study/answers/demand.h"
#include "study/key.h"
#include "study/table.h"
#include "study/values.h"
#include "study/variants/studies.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEEDS = 10000 };

typedef struct planner {
    const lead_study_request *request;
    lead_scenario *scenario; /* the undisturbed one */
    lead_subject subject;    /* its network and TMs */
    lead_variants variants;
    lead_study *study;
    lead_hashes hashes;
    char build[200];
    int seeds;
} planner;

/* Of a variant: as many rows as of every other. */
static int rows_of_variant(const planner *self) {
    return self->scenario->policy_count * self->seeds;
}

/* --- a variant's scenario --------------------------------------------------------------------- */

/* Lists one after the other; *out is freed with free(), the texts are borrowed. */
static lead_status join(const char *const *a, int a_count, const lead_texts *b, const char ***out) {
    LEAD_TRY(lead_calloc((size_t)(a_count + b->count) + 1, sizeof **out, out));
    for (int i = 0; i < a_count; i++)
        (*out)[i] = a[i];
    for (int i = 0; i < b->count; i++)
        (*out)[a_count + i] = b->list[i];
    return LEAD_OK;
}

static lead_status fail_variant(const planner *self, const lead_variant *variant,
                                lead_status status) {
    return variant->line > 0
               ? lead_fail_within(status, "%s:%ld: variant \"%s\"", self->request->scenario,
                                  variant->line, variant->name)
               : lead_fail_within(status, "variant \"%s\"", variant->name);
}

static lead_status read_variant(const planner *self, const lead_variant *variant,
                                lead_scenario **out) {
    const lead_overrides *given = &self->request->overrides;
    const char **sets = NULL, **events = NULL;
    int more = variant->undisturbed ? 0 : given->event_count;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(join(given->sets, given->set_count, &variant->sets, &sets));
    LEAD_TRY_FREE(join(given->events, more, &variant->events, &events));
    lead_overrides all = {.sets = sets,
                          .set_count = given->set_count + variant->sets.count,
                          .policies = given->policies,
                          .events = events,
                          .event_count = more + variant->events.count,
                          .quiet = variant->undisturbed};
    status = lead_scenario_read_with(self->request->scenario, self->request->data, &all, out);
    if (status != LEAD_OK && variant != self->variants.list && variant->line >= 0)
        status = fail_variant(self, variant, status);
fail:
    free(sets);
    free(events);
    return status;
}

/* Events that cannot happen are refused before anything runs. Another network or other TMs than the
 * undisturbed scenario's are read for it. */
static lead_status check_events(planner *self, const lead_variant *variant,
                                const lead_scenario *scenario) {
    lead_subject own = {0};
    bool same = lead_scenario_same_traffic(scenario, self->scenario);
    lead_status status = LEAD_OK;
    if (scenario->event_count == 0)
        return LEAD_OK;
    if (!same)
        status = lead_scenario_read_traffic(scenario, &own);
    else if (!self->subject.topology)
        status = lead_scenario_read_traffic(self->scenario, &self->subject);
    lead_log_pause(variant->line == 0); /* what events warn of is of use to who wrote them */
    if (status == LEAD_OK)
        status = lead_scenario_check_events(scenario, same ? &self->subject : &own);
    lead_log_pause(true);
    lead_subject_free(&own);
    return status == LEAD_OK || variant->line < 0 ? status : fail_variant(self, variant, status);
}

/* --- its rows --------------------------------------------------------------------------------- */

/* A policy that chooses among the others' forecasts needs them beside it; any other is alone. */
static lead_scenario alone(const lead_scenario *scenario, int policy, int seed) {
    lead_scenario one = *scenario; /* borrowed */
    const lead_policy *of = &scenario->policies[policy];
    one.seed += (uint64_t)seed;
    if (of->predictor && of->predictor->chooses)
        return one;
    one.policies = &scenario->policies[policy];
    one.policy_count = 1;
    return one;
}

static lead_status write_scenario(const planner *self, const char *text) {
    char path[4096];
    lead_file_writer *writer;
    LEAD_TRY(lead_study_scenario_file(self->study, self->study->count - 1, path));
    if (access(path, F_OK) == 0) /* its name says what is in it */
        return LEAD_OK;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "%s", text);
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

/* `base`: the row whose demand limit this one searches, with `factor`; -1: it is not of a search.
 */
static lead_status add_row(planner *self, const lead_variant *variant, const char *changes,
                           const lead_scenario *scenario, int policy, int seed, int base,
                           double factor) {
    lead_scenario one = alone(scenario, policy, seed);
    char *name = scenario->policies[policy].name
                     ? (char *)(uintptr_t)scenario->policies[policy].name
                     : NULL,
         *text = NULL;
    lead_study_row row = {.variant = variant->name,
                          .policy = name,
                          .seed = one.seed,
                          .against = base >= 0 ? base
                                               : variant->against * rows_of_variant(self) +
                                                     policy * self->seeds + seed,
                          .factor = factor,
                          .changes = (char *)(uintptr_t)changes};
    if (lead_study_owns(name))
        return lead_fail(LEAD_INVALID,
                         "policy \"%s\": `lead whatif` writes a file of that name; "
                         "take another one",
                         name);
    LEAD_TRY(lead_scenario_text(&one, &text));
    lead_status status = lead_study_key(&one, text, name, self->build, &self->hashes, row.key);
    if (status == LEAD_OK)
        status = lead_study_add(self->study, &row);
    if (status == LEAD_OK &&
        self->study->rows[self->study->count - 1].same_as == self->study->count - 1)
        status = write_scenario(self, text);
    free(text);
    return status;
}

/* What a variant changes, in words; of "events", those that the request has. */
static lead_status changes_of(const planner *self, const lead_variant *variant, char **text) {
    const lead_overrides *given = &self->request->overrides;
    lead_variant told = {0};
    lead_status status = LEAD_OK;
    if (variant->undisturbed || variant->sets.count + variant->events.count > 0)
        return lead_variant_changes(variant, text);
    for (int i = 0; i < given->event_count && status == LEAD_OK; i++)
        status = lead_texts_add(&told.events, "%s", given->events[i]);
    if (status == LEAD_OK)
        status = lead_variant_changes(&told, text);
    lead_texts_clear(&told.events);
    return status;
}

static lead_status add_rows(planner *self, const lead_variant *variant,
                            const lead_scenario *scenario) {
    char *changes;
    lead_status status = LEAD_OK;
    if (scenario->seed + (uint64_t)self->seeds > 9007199254740992)
        return lead_fail(LEAD_INVALID, "--seeds: the seeds go beyond the largest one");
    LEAD_TRY(changes_of(self, variant, &changes));
    for (int p = 0; p < scenario->policy_count && status == LEAD_OK; p++)
        for (int s = 0; s < self->seeds && status == LEAD_OK; s++)
            status = add_row(self, variant, changes, scenario, p, s, -1, 0);
    free(changes);
    return status;
}

/* The rows of the variants from `first` on. What a scenario warns of but for events was said of the
 * undisturbed one. */
static lead_status resolve(planner *self, int first) {
    lead_status status = LEAD_OK;
    lead_log_pause(true);
    for (int i = first; i < self->variants.count && status == LEAD_OK; i++) {
        lead_scenario *scenario = NULL;
        const lead_variant *variant = &self->variants.list[i];
        status = read_variant(self, variant, &scenario);
        if (status == LEAD_OK)
            status = check_events(self, variant, scenario);
        if (status == LEAD_OK)
            status = add_rows(self, variant, scenario);
        lead_scenario_free(scenario);
    }
    lead_log_pause(false);
    return status;
}

/* --- the worst ones again --------------------------------------------------------------------- */

/* The largest mean MLU of a variant's rows; NaN while one is missing. */
static lead_status badness(const planner *self, int variant, double *out) {
    int count = rows_of_variant(self);
    *out = 0;
    for (int i = variant * count; i < (variant + 1) * count; i++) {
        lead_study_result result;
        bool there;
        LEAD_TRY(lead_values_of_row(self->study, i, &result, &there));
        *out = there ? fmax(*out, result.values[LEAD_STUDY_MLU_MEAN]) : NAN;
        if (!there)
            return LEAD_OK;
    }
    return LEAD_OK;
}

/* bad[variants]: how bad each double failure is, -1 of what is none; *whole: all are known. */
static lead_status rate(const planner *self, double *bad, bool *whole) {
    *whole = true;
    for (int i = 0; i < self->variants.count && *whole; i++) {
        bad[i] = -1;
        if (lead_studies_is_double(&self->variants.list[i]))
            LEAD_TRY(badness(self, i, &bad[i]));
        *whole = !isnan(bad[i]);
    }
    return LEAD_OK;
}

static lead_status add_worst(planner *self, double *bad) {
    int fluid = self->variants.count;
    for (int k = 0; k < self->request->worst; k++) {
        int worst = 0;
        for (int i = 1; i < fluid; i++)
            if (bad[i] > bad[worst])
                worst = i;
        if (bad[worst] < 0)
            break;
        bad[worst] = -1;
        LEAD_TRY(lead_studies_repeat(&self->variants, worst, self->scenario, "ns3"));
    }
    return resolve(self, fluid);
}

static lead_status repeat_worst(planner *self) {
    double *bad;
    bool whole;
    if (self->request->worst == 0)
        return LEAD_OK;
    if (!lead_engine_find("ns3"))
        return lead_fail(LEAD_UNAVAILABLE, "--worst: this build has no ns-3");
    LEAD_TRY(lead_calloc((size_t)self->variants.count, sizeof *bad, &bad));
    lead_status status = rate(self, bad, &whole);
    if (status == LEAD_OK && whole)
        status = add_worst(self, bad);
    free(bad);
    return status;
}

/* --- demand limits ---------------------------------------------------------------------------- */

/* The search of one variant and policy. */
typedef struct search {
    lead_trial trials[LEAD_TRIALS_MOST + 1];
    int count;
    bool ended;
} search;

/* The largest MLU of rows from `first` on, one a seed; NaN while one is missing. */
static lead_status mlu_of_rows(const planner *self, int first, double *out) {
    *out = 0;
    for (int s = 0; s < self->seeds; s++) {
        lead_study_result result;
        bool there;
        LEAD_TRY(lead_values_of_row(self->study, first + s, &result, &there));
        if (!there) {
            *out = NAN;
            return LEAD_OK;
        }
        *out = fmax(*out, result.values[LEAD_STUDY_MLU_MAX]);
    }
    return LEAD_OK;
}

/* Adds the rows of a variant and policy with all demands times `factor`. */
static lead_status add_trial(planner *self, int index, int policy, double factor) {
    const lead_variant *of = &self->variants.list[index];
    lead_variant variant = *of; /* borrowed, but for the sets */
    lead_scenario *scenario = NULL;
    char *changes = NULL;
    int base = index * rows_of_variant(self) + policy * self->seeds;
    lead_status status = LEAD_OK;
    variant.sets = (lead_texts){0};
    LEAD_TRY_FREE(read_variant(self, of, &scenario));
    bool peak = scenario->load_peak > 0;
    for (int i = 0; i < of->sets.count; i++)
        LEAD_TRY_FREE(lead_texts_add(&variant.sets, "%s", of->sets.list[i]));
    LEAD_TRY_FREE(lead_texts_add(&variant.sets, "traffic.load.%s=%.12g",
                                 peak ? "optimal_mlu_peak" : "factor",
                                 (peak ? scenario->load_peak : scenario->load_factor) * factor));
    lead_scenario_free(scenario);
    scenario = NULL;
    LEAD_TRY_FREE(read_variant(self, &variant, &scenario));
    LEAD_TRY_FREE(lead_variant_changes(&variant, &changes));
    for (int s = 0; s < self->seeds; s++)
        LEAD_TRY_FREE(add_row(self, of, changes, scenario, policy, s, base + s, factor));
fail:
    free(changes);
    lead_scenario_free(scenario);
    lead_texts_clear(&variant.sets);
    return status;
}

/* One step of a search: its next rows, and what they say if they are done. */
static lead_status step(planner *self, search *of, int variant, int policy) {
    int first = self->study->count;
    lead_trial *trial = &of->trials[of->count];
    trial->factor = lead_trials_next(of->trials, of->count);
    of->ended = trial->factor == 0;
    if (of->ended)
        return LEAD_OK;
    LEAD_TRY(add_trial(self, variant, policy, trial->factor));
    LEAD_TRY(mlu_of_rows(self, first, &trial->mlu));
    of->ended = isnan(trial->mlu);
    of->count++;
    return LEAD_OK;
}

/* A step of all searches after the other, so that rows keep their numbers. */
static lead_status search_all(planner *self, search *all, int variants) {
    int policies = self->scenario->policy_count;
    for (int i = 0; i < variants * policies; i++) {
        all[i].trials[0].factor = 1;
        all[i].count = 1;
        LEAD_TRY(mlu_of_rows(self, i * self->seeds, &all[i].trials[0].mlu));
        all[i].ended = isnan(all[i].trials[0].mlu);
    }
    for (bool any = true; any;) {
        any = false;
        for (int i = 0; i < variants * policies; i++)
            if (!all[i].ended) {
                LEAD_TRY(step(self, &all[i], i / policies, i % policies));
                any = true;
            }
    }
    return LEAD_OK;
}

static lead_status search_limits(planner *self) {
    search *all;
    int count = self->variants.count;
    if (!self->request->demand_limit)
        return LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)(count * self->scenario->policy_count), sizeof *all, &all));
    lead_log_pause(true);
    lead_status status = search_all(self, all, count);
    lead_log_pause(false);
    free(all);
    return status;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* Where the scenario has events, or the request, they are a variant of their own. */
static lead_status add_events(planner *self) {
    lead_variant *variant, asked = {.name = (char[]){"events"}, .line = -1};
    lead_scenario *scenario;
    lead_log_pause(true);
    lead_status status = read_variant(self, &asked, &scenario);
    lead_log_pause(false);
    LEAD_TRY(status);
    int count = scenario->event_count;
    lead_scenario_free(scenario);
    return count > 0 ? lead_variants_add(&self->variants, asked.name, 0, &variant) : LEAD_OK;
}

static lead_status list_variants(planner *self) {
    const lead_study_request *request = self->request;
    lead_variant *variant;
    LEAD_TRY(lead_variants_add(&self->variants, "undisturbed", 0, &variant));
    variant->undisturbed = true;
    LEAD_TRY(read_variant(self, self->variants.list, &self->scenario));
    LEAD_TRY(add_events(self));
    LEAD_TRY(lead_variants_read(request->scenario, &self->variants));
    return lead_studies_expand(request, self->scenario, &self->variants);
}

static lead_status make_folders(const planner *self) {
    char path[4096];
    LEAD_TRY(lead_study_path(self->study, path, "scenarios"));
    LEAD_TRY(lead_directory_make(path));
    LEAD_TRY(lead_study_path(self->study, path, "runs"));
    return lead_directory_make(path);
}

static lead_status plan(planner *self) {
    const lead_study_request *request = self->request;
    if (request->seeds < 1 || request->seeds > SEEDS)
        return lead_fail(LEAD_INVALID, "--seeds: %d is not in 1..%d", request->seeds, SEEDS);
    LEAD_TRY(list_variants(self));
    if (self->variants.count == 1 && self->seeds == 1 && !request->demand_limit)
        return lead_fail(LEAD_INVALID,
                         "%s: nothing is varied: state `variants:` in it, or a study "
                         "(--single-link-failures, --seeds 5, --demand-limit, ...)",
                         request->scenario);
    LEAD_TRY(lead_study_alloc(request->out, &self->study));
    LEAD_TRY(make_folders(self));
    LEAD_TRY(resolve(self, 0));
    LEAD_TRY(repeat_worst(self));
    LEAD_TRY(search_limits(self));
    return lead_study_write(self->study);
}

lead_status lead_study_plan(const lead_study_request *request, lead_study **out) {
    LEAD_EXPECTS(request && request->scenario && request->out && out);
    planner self = {.request = request, .seeds = request->seeds};
    lead_study_build(self.build);
    lead_status status = plan(&self);
    lead_variants_clear(&self.variants);
    lead_scenario_free(self.scenario);
    lead_subject_free(&self.subject);
    lead_hashes_clear(&self.hashes);
    if (status == LEAD_OK)
        *out = self.study;
    else
        lead_study_free(self.study);
    return status;
}
