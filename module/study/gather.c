/* What the runs that are done say. */
#include "base/array.h"
#include "base/expects.h"
#include "study/answers/demand.h"
#include "study/answers/links.h"
#include "study/answers/network.h"
#include "study/answers/periods.h"
#include "study/answers/states.h"
#include "study/parts.h"
#include "study/table.h"
#include "study/values.h"
#include "study/write.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct gatherer {
    const lead_study *study;
    lead_study_results *results;
    lead_epochs **kept;  /* [rows] of rows that others are compared with, once they are read */
    bool *wanted, *gone; /* [rows] whether others are; whether it is missing */
    lead_loads loads;    /* of variants and policies that are whole */
    lead_states *states; /* NULL until there is one */
    const char *last_variant;
} gatherer;

void lead_study_results_free(lead_study_results *results) {
    if (!results)
        return;
    free(results->rows);
    lead_loads_free_answers(results->loads, results->load_count);
    free(results->critical);
    free(results->availability);
    free(results->missing);
    free(results);
}

/* --- epochs of rows --------------------------------------------------------------------------- */

/* A row's epochs; NULL where they are missing. Those that were kept are borrowed. */
static lead_status epochs_of(gatherer *self, int row, lead_epochs **out) {
    int first = self->study->rows[row].same_as;
    *out = self->kept[first];
    if (*out || self->gone[first])
        return LEAD_OK;
    LEAD_TRY(lead_values_read(self->study, first, out));
    self->gone[first] = !*out;
    if (self->wanted[first])
        self->kept[first] = *out;
    return LEAD_OK;
}

static void give_back(const gatherer *self, int row, lead_epochs *epochs) {
    if (!self->wanted[self->study->rows[row].same_as])
        lead_epochs_free(epochs);
}

/* --- lines ------------------------------------------------------------------------------------ */

/* The rows of one variant and policy: all seeds. */
typedef struct group {
    int first, count;
    lead_epochs **of, **against; /* [count]; NULL: missing */
    unsigned char **periods;     /* [count][epochs] */
    lead_links links;            /* of all seeds */
} group;

static lead_status add_line(gatherer *self, const lead_study_result *line) {
    lead_study_results *to = self->results;
    LEAD_TRY(lead_grow(&to->rows, sizeof *to->rows, to->count, 1, &to->room));
    to->rows[to->count++] = *line;
    return LEAD_OK;
}

/* The same run has no difference, and needs no draws. */
static bool is_same_run(const gatherer *self, const group *in) {
    for (int s = 0; s < in->count; s++) {
        const lead_study_row *row = &self->study->rows[in->first + s];
        if (row->same_as != self->study->rows[row->against].same_as)
            return false;
    }
    return true;
}

static lead_status read_periods(const gatherer *self, group *in, bool *events) {
    char path[4096];
    *events = false;
    for (int s = 0; s < in->count; s++) {
        LEAD_TRY(lead_study_path(self->study, path, "runs/%s/events.csv",
                                 self->study->rows[in->first + s].key));
        LEAD_TRY(lead_calloc((size_t)in->of[s]->count + 1, 1, &in->periods[s]));
        bool any;
        LEAD_TRY(lead_periods_read(path, in->of[s], in->periods[s], &any));
        *events = *events || any;
    }
    return LEAD_OK;
}

static lead_status compare_all(const gatherer *self, group *in, lead_study_result *line) {
    lead_runs runs = {.row = &self->study->rows[in->first],
                      .seeds = in->count,
                      .of = in->of,
                      .against = in->against,
                      .periods = in->periods};
    if (in->of[0]->count > 0 && is_same_run(self, in)) {
        for (int i = 0; i < LEAD_STUDY_CHANGES; i++)
            if (!isnan(line->values[lead_study_change_of(i)]))
                line->changes[i] = (lead_study_change){0, 0, 0};
        return LEAD_OK;
    }
    LEAD_TRY(lead_runs_compare(&runs, "", line->changes));
    return lead_runs_divide(&runs, line->parts);
}

/* What was carried while the network was as the variant has it. */
static void average_carried(const group *in, bool undisturbed, lead_study_result *line) {
    line->all_carried = line->carried = 0;
    for (int s = 0; s < in->count; s++) {
        double all, part;
        lead_values_carried(in->of[s], undisturbed ? NULL : in->periods[s], &all, &part);
        line->all_carried += all / in->count;
        line->carried += part / in->count;
    }
}

/* Means over the seeds that have a value. */
static lead_status pool(const gatherer *self, group *in, lead_study_result *line) {
    lead_study_result *each;
    LEAD_TRY(lead_calloc((size_t)in->count, sizeof *each, &each));
    lead_status status = LEAD_OK;
    for (int s = 0; s < in->count && status == LEAD_OK; s++)
        status = lead_values_over(in->of[s], &each[s]);
    if (status == LEAD_OK) {
        *line = each[0];
        lead_values_average(each, in->count, line->values);
    }
    free(each);
    LEAD_TRY(status);
    line->row = in->first;
    line->seeds = in->count;
    lead_links_busiest(&in->links, line->busiest);
    LEAD_TRY(read_periods(self, in, &line->events));
    average_carried(in, self->study->rows[in->first].against == in->first, line);
    return compare_all(self, in, line);
}

static bool same_epochs(const lead_epochs *a, const lead_epochs *b) {
    return a->count == b->count &&
           memcmp(a->time, b->time, (size_t)a->count * sizeof *a->time) == 0;
}

/* Over the epochs in which both have a value. */
static double mean_difference(const double *a, const double *b, int count) {
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < count; i++)
        if (!isnan(a[i]) && !isnan(b[i])) {
            sum += b[i] - a[i];
            pairs++;
        }
    return pairs > 0 ? sum / pairs : NAN;
}

/* A seed by itself: the difference without its interval. */
static lead_status add_seed(gatherer *self, group *in, int seed) {
    const lead_epochs *of = in->of[seed], *against = in->against[seed];
    lead_study_result line;
    LEAD_TRY(lead_values_over(of, &line));
    line.row = in->first + seed;
    for (int i = 0; i < LEAD_STUDY_CHANGES && against && same_epochs(of, against); i++) {
        lead_study_value value = lead_study_change_of(i);
        line.changes[i].difference = mean_difference(lead_values_column(against, value),
                                                     lead_values_column(of, value), of->count);
    }
    lead_links links = {0};
    char path[4096];
    LEAD_TRY(lead_study_path(self->study, path, "runs/%s/%s/links.csv",
                             self->study->rows[line.row].key, self->study->rows[line.row].policy));
    lead_status status = lead_links_add(path, line.row, &links);
    if (status == LEAD_OK)
        status = lead_links_merge(&links, &in->links);
    lead_links_busiest(&links, line.busiest);
    lead_links_clear(&links);
    return status == LEAD_OK ? add_line(self, &line) : status;
}

/* --- what a group is besides -------------------------------------------------------------------
 */

/* The largest MLU of a factor's rows, one a seed; NaN while one is missing. */
static lead_status mlu_of_factor(gatherer *self, const group *in, double factor, double *out) {
    int there = 0;
    *out = 0;
    for (int i = in->first; i < self->study->count && there < in->count; i++) {
        const lead_study_row *row = &self->study->rows[i];
        lead_study_result result;
        lead_epochs *epochs;
        if (row->factor != factor || row->against < in->first ||
            row->against >= in->first + in->count)
            continue;
        LEAD_TRY(epochs_of(self, i, &epochs));
        if (!epochs)
            break;
        lead_status status = lead_values_over(epochs, &result);
        give_back(self, i, epochs);
        LEAD_TRY(status);
        *out = fmax(*out, result.values[LEAD_STUDY_MLU_MAX]);
        there++;
    }
    *out = there == in->count ? *out : NAN;
    return LEAD_OK;
}

/* The demand limit, where it was searched and what was tried is done. */
static lead_status limit_of(gatherer *self, const group *in, lead_study_result *line) {
    lead_trial trials[LEAD_TRIALS_MOST + 1] = {{1, 0}};
    int count = 1;
    for (int s = 0; s < in->count; s++) {
        lead_study_result one;
        LEAD_TRY(lead_values_over(in->of[s], &one));
        trials[0].mlu = fmax(trials[0].mlu, one.values[LEAD_STUDY_MLU_MAX]);
    }
    for (int i = 0; i < self->study->count && count <= LEAD_TRIALS_MOST; i++) {
        const lead_study_row *row = &self->study->rows[i];
        if (row->factor == 0 || row->against != in->first)
            continue;
        trials[count].factor = row->factor;
        LEAD_TRY(mlu_of_factor(self, in, row->factor, &trials[count].mlu));
        count += !isnan(trials[count].mlu);
    }
    if (count > 1)
        lead_trials_bracket(trials, count, &line->demand_limit, &line->demand_limit_high);
    return LEAD_OK;
}

/* The variant as a state of the network: of each once, by the first of its policies that is whole.
 */
static lead_status add_state(gatherer *self, const group *in) {
    const lead_study_row *row = &self->study->rows[in->first];
    char scenario[4096], against[4096];
    if (self->last_variant && strcmp(self->last_variant, row->variant) == 0)
        return LEAD_OK;
    self->last_variant = row->variant;
    LEAD_TRY(lead_study_scenario_file(self->study, in->first, scenario));
    LEAD_TRY(lead_study_scenario_file(self->study, row->against, against));
    lead_log_pause(true);
    lead_status status = self->states ? LEAD_OK : lead_states_alloc(against, &self->states);
    if (status == LEAD_OK)
        status = lead_states_add(self->states, row->variant, scenario, against,
                                 in->of[0]->count > 0 ? in->of[0]->time[0] : 0, in->of[0]->count);
    lead_log_pause(false);
    return status;
}

static lead_status gather_group(gatherer *self, group *in) {
    bool whole = true;
    lead_study_result line;
    for (int s = 0; s < in->count; s++) {
        LEAD_TRY(epochs_of(self, in->first + s, &in->of[s]));
        LEAD_TRY(epochs_of(self, self->study->rows[in->first + s].against, &in->against[s]));
        if (!in->of[s])
            self->results->missing[self->results->missing_count++] = in->first + s;
        else
            LEAD_TRY(add_seed(self, in, s));
        whole = whole && in->of[s] && in->against[s];
    }
    if (!whole)
        return LEAD_OK;
    LEAD_TRY(pool(self, in, &line));
    LEAD_TRY(limit_of(self, in, &line));
    LEAD_TRY(add_state(self, in));
    LEAD_TRY(lead_loads_add(&self->loads, in->first, lead_study_policy(self->study, in->first),
                            self->study->rows[in->first].against == in->first, &in->links));
    return add_line(self, &line);
}

/* How many rows from `first` on are of its variant and policy. */
static int length_of(const lead_study *study, int first) {
    const lead_study_row *rows = study->rows;
    int count = 1;
    if (rows[first].factor > 0)
        return 1;
    while (first + count < study->count && rows[first + count].factor == 0 &&
           strcmp(rows[first].variant, rows[first + count].variant) == 0 &&
           strcmp(rows[first].policy, rows[first + count].policy) == 0)
        count++;
    return count;
}

static void free_group(const gatherer *self, group *in) {
    for (int s = 0; in->of && s < in->count; s++)
        give_back(self, in->first + s, in->of[s]);
    for (int s = 0; in->periods && s < in->count; s++)
        free(in->periods[s]);
    lead_links_clear(&in->links);
    free(in->of);
    free(in->periods);
}

static lead_status gather_rows(gatherer *self, int first, int count) {
    group in = {.first = first, .count = count};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(2 * (size_t)count, sizeof(lead_epochs *), &in.of));
    LEAD_TRY_FREE(lead_calloc((size_t)count, sizeof(unsigned char *), &in.periods));
    in.against = in.of + count;
    status = gather_group(self, &in);
fail:
    free_group(self, &in);
    return status;
}

/* A row of a search that is not done is missing. */
static lead_status look_for(gatherer *self, int row) {
    lead_epochs *epochs;
    LEAD_TRY(epochs_of(self, row, &epochs));
    if (!epochs)
        self->results->missing[self->results->missing_count++] = row;
    give_back(self, row, epochs);
    return LEAD_OK;
}

static lead_status gather_all(gatherer *self) {
    lead_status status = LEAD_OK;
    for (int i = 0; i < self->study->count; i++)
        self->wanted[self->study->rows[self->study->rows[i].against].same_as] = true;
    for (int first = 0; first < self->study->count && status == LEAD_OK;) {
        int count = length_of(self->study, first);
        status = self->study->rows[first].factor > 0 ? look_for(self, first)
                                                     : gather_rows(self, first, count);
        first += count;
    }
    return status;
}

/* --- all of it -------------------------------------------------------------------------------- */

static lead_status gather(gatherer *self, double within) {
    size_t count = (size_t)self->study->count;
    LEAD_TRY(lead_calloc(1, sizeof *self->results, &self->results));
    LEAD_TRY(lead_calloc(count, sizeof *self->results->missing, &self->results->missing));
    LEAD_TRY(lead_calloc(count, sizeof(lead_epochs *), &self->kept));
    LEAD_TRY(lead_calloc(count, sizeof *self->wanted, &self->wanted));
    LEAD_TRY(lead_calloc(count, sizeof *self->gone, &self->gone));
    LEAD_TRY(gather_all(self));
    LEAD_TRY(
        lead_loads_answer(&self->loads, within, &self->results->loads, &self->results->load_count));
    LEAD_TRY(lead_network_rate(self->study, self->states, self->results));
    return lead_results_write(self->study, self->results);
}

lead_status lead_study_gather(const lead_study *study, double within, lead_study_results **out) {
    LEAD_EXPECTS(study && out && within >= 0);
    gatherer self = {.study = study};
    lead_status status = gather(&self, within);
    for (int i = 0; self.kept && i < study->count; i++)
        lead_epochs_free(self.kept[i]);
    free(self.kept);
    lead_loads_clear(&self.loads);
    lead_states_free(self.states);
    free(self.wanted);
    free(self.gone);
    if (status == LEAD_OK)
        *out = self.results;
    else
        lead_study_results_free(self.results);
    return status;
}
