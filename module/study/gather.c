/* What the runs that are done say: whatif.csv and whatif.json. */
#include "base/array.h"
#include "base/expects.h"
#include "formats/text/text.h"
#include "study/links.h"
#include "study/table.h"
#include "study/values.h"
#include <jansson.h>
#include <lead/compare.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 999 };

typedef struct gatherer {
    const lead_study *study;
    lead_study_results *results;
    lead_epochs **kept;  /* [rows] of rows that others are compared with, once they are read */
    bool *wanted, *gone; /* [rows] whether others are; whether it is missing */
} gatherer;

void lead_study_results_free(lead_study_results *results) {
    if (!results)
        return;
    free(results->rows);
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
    lead_links links;            /* of all seeds */
} group;

static lead_status add_line(gatherer *self, const lead_study_result *line) {
    lead_study_results *to = self->results;
    LEAD_TRY(lead_grow(&to->rows, sizeof *to->rows, to->count, 1, &to->room));
    to->rows[to->count++] = *line;
    return LEAD_OK;
}

static bool same_epochs(const lead_epochs *a, const lead_epochs *b) {
    return a->count == b->count &&
           memcmp(a->time, b->time, (size_t)a->count * sizeof *a->time) == 0;
}

static bool all_alike(const group *in) {
    for (int s = 0; s < in->count; s++)
        if (!same_epochs(in->of[0], in->of[s]) || !same_epochs(in->of[0], in->against[s]))
            return false;
    return true;
}

/* Seed by seed, one after the other. */
static void lay_out(lead_epochs *const *of, int seeds, lead_study_value value, double *to) {
    for (int s = 0; s < seeds; s++)
        memcpy(to + (size_t)s * (size_t)of[s]->count, lead_values_column(of[s], value),
               (size_t)of[s]->count * sizeof *to);
}

static lead_status compare(const gatherer *self, const group *in, int change, double *values,
                           lead_study_change *out) {
    const lead_study_row *row = &self->study->rows[in->first];
    lead_compare_options options = lead_compare_defaults();
    lead_compare_estimate estimate;
    lead_study_value value = lead_study_change_of(change);
    size_t all = (size_t)in->count * (size_t)in->of[0]->count;
    char name[700];
    options.resamples = RESAMPLES;
    snprintf(name, sizeof name, "%.300s/%.200s/%s", row->variant, row->policy,
             lead_study_value_name(value));
    lay_out(in->against, in->count, value, values);
    lay_out(in->of, in->count, value, values + all);
    lead_compare_stretch stretch = {values, values + all, in->count, in->of[0]->count};
    LEAD_TRY(lead_compare_estimate_of(&stretch, 1, LEAD_COMPARE_MEAN, name, &options, &estimate));
    *out = (lead_study_change){estimate.difference, estimate.low, estimate.high};
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

static lead_status compare_all(const gatherer *self, const group *in, lead_study_result *line) {
    double *values;
    lead_status status = LEAD_OK;
    if (in->of[0]->count == 0 || !all_alike(in))
        return LEAD_OK;
    if (is_same_run(self, in)) {
        for (int i = 0; i < LEAD_STUDY_CHANGES; i++)
            if (!isnan(line->values[lead_study_change_of(i)]))
                line->changes[i] = (lead_study_change){0, 0, 0};
        return LEAD_OK;
    }
    LEAD_TRY(
        lead_calloc(2 * (size_t)in->count * (size_t)in->of[0]->count, sizeof *values, &values));
    for (int i = 0; i < LEAD_STUDY_CHANGES && status == LEAD_OK; i++)
        status = compare(self, in, i, values, &line->changes[i]);
    free(values);
    return status;
}

/* Means over the seeds that have a value. */
static lead_status pool(const gatherer *self, const group *in, lead_study_result *line) {
    int counts[LEAD_STUDY_VALUES] = {0};
    for (int s = 0; s < in->count; s++) {
        lead_study_result one;
        LEAD_TRY(lead_values_over(in->of[s], &one));
        if (s == 0)
            *line = one;
        for (int v = 0; v < LEAD_STUDY_VALUES; v++) {
            line->values[v] = s == 0 ? 0 : line->values[v];
            line->values[v] += isnan(one.values[v]) ? 0 : one.values[v];
            counts[v] += !isnan(one.values[v]);
        }
    }
    for (int v = 0; v < LEAD_STUDY_VALUES; v++)
        line->values[v] = counts[v] > 0 ? line->values[v] / counts[v] : NAN;
    line->row = in->first;
    line->seeds = in->count;
    lead_links_busiest(&in->links, line->busiest);
    return compare_all(self, in, line);
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
    lead_status status = lead_links_add(self->study, line.row, &links);
    if (status == LEAD_OK)
        status = lead_links_merge(&links, &in->links);
    lead_links_busiest(&links, line.busiest);
    lead_links_clear(&links);
    return status == LEAD_OK ? add_line(self, &line) : status;
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
    return add_line(self, &line);
}

/* How many rows from `first` on are of its variant and policy. */
static int length_of(const lead_study *study, int first) {
    const lead_study_row *rows = study->rows;
    int count = 1;
    while (first + count < study->count &&
           strcmp(rows[first].variant, rows[first + count].variant) == 0 &&
           strcmp(rows[first].policy, rows[first + count].policy) == 0)
        count++;
    return count;
}

static lead_status gather_all(gatherer *self) {
    lead_status status = LEAD_OK;
    for (int i = 0; i < self->study->count; i++)
        self->wanted[self->study->rows[self->study->rows[i].against].same_as] = true;
    for (int first = 0; first < self->study->count && status == LEAD_OK;) {
        group in = {.first = first, .count = length_of(self->study, first)};
        status = lead_calloc(2 * (size_t)in.count, sizeof *in.of, &in.of);
        if (status != LEAD_OK)
            break;
        in.against = in.of + in.count;
        status = gather_group(self, &in);
        for (int s = 0; s < in.count; s++)
            give_back(self, first + s, in.of[s]);
        lead_links_clear(&in.links);
        free(in.of);
        first += in.count;
    }
    return status;
}

/* --- files ------------------------------------------------------------------------------------ */

static void print_value(lead_file_writer *writer, double value) {
    if (isfinite(value))
        lead_file_printf(writer, ",%.9g", value);
    else
        lead_file_printf(writer, ",");
}

static void print_line(lead_file_writer *writer, const lead_study *study,
                       const lead_study_result *line) {
    const lead_study_row *row = &study->rows[line->row];
    lead_csv_print(writer, row->variant);
    lead_file_printf(writer, ",");
    lead_csv_print(writer, row->policy);
    if (line->seeds > 0)
        lead_file_printf(writer, ",all,%d", line->epochs);
    else
        lead_file_printf(writer, ",%llu,%d", (unsigned long long)row->seed, line->epochs);
    for (int i = 0; i < LEAD_STUDY_VALUES; i++)
        print_value(writer, line->values[i]);
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++) {
        print_value(writer, line->changes[i].difference);
        print_value(writer, line->changes[i].low);
        print_value(writer, line->changes[i].high);
    }
    lead_file_printf(writer, ",");
    if (*line->busiest)
        lead_csv_print(writer, line->busiest);
    lead_file_printf(writer, "\n");
}

static lead_status write_csv(const gatherer *self) {
    char path[4096];
    lead_file_writer *writer;
    LEAD_TRY(lead_study_path(self->study, path, "whatif.csv"));
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "variant,policy,seed,epochs");
    for (int i = 0; i < LEAD_STUDY_VALUES; i++)
        lead_file_printf(writer, ",%s", lead_study_value_name(i));
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++) {
        const char *name = lead_study_value_name(lead_study_change_of(i));
        lead_file_printf(writer, ",%s_change,%s_change_low,%s_change_high", name, name, name);
    }
    lead_file_printf(writer, ",busiest_link\n");
    for (int i = 0; i < self->results->count; i++)
        print_line(writer, self->study, &self->results->rows[i]);
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

static json_t *number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *line_to_json(const lead_study *study, const lead_study_result *line) {
    const lead_study_row *row = &study->rows[line->row];
    json_t *object = json_object(), *values = json_object(), *changes = json_object();
    json_object_set_new(object, "variant", json_string(row->variant));
    json_object_set_new(object, "changes", json_string(row->changes));
    json_object_set_new(object, "against", json_string(study->rows[row->against].variant));
    json_object_set_new(object, "policy", json_string(row->policy));
    json_object_set_new(object, "seed",
                        line->seeds > 0 ? json_string("all") : json_integer((json_int_t)row->seed));
    json_object_set_new(object, "epochs", json_integer(line->epochs));
    for (int i = 0; i < LEAD_STUDY_VALUES; i++)
        json_object_set_new(values, lead_study_value_name(i), number(line->values[i]));
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++) {
        json_t *change = json_object();
        json_object_set_new(change, "difference", number(line->changes[i].difference));
        json_object_set_new(change, "low", number(line->changes[i].low));
        json_object_set_new(change, "high", number(line->changes[i].high));
        json_object_set_new(changes, lead_study_value_name(lead_study_change_of(i)), change);
    }
    json_object_set_new(object, "values", values);
    json_object_set_new(object, "change", changes);
    json_object_set_new(object, "busiest_link",
                        *line->busiest ? json_string(line->busiest) : json_null());
    return object;
}

static json_t *missing_to_json(const gatherer *self, int row) {
    const lead_study_row *of = &self->study->rows[row];
    json_t *object = json_object();
    json_object_set_new(object, "row", json_integer(row + 1));
    json_object_set_new(object, "variant", json_string(of->variant));
    json_object_set_new(object, "policy", json_string(of->policy));
    json_object_set_new(object, "seed", json_integer((json_int_t)of->seed));
    return object;
}

static lead_status write_json(const gatherer *self) {
    char path[4096];
    lead_file_writer *writer;
    LEAD_TRY(lead_study_path(self->study, path, "whatif.json"));
    json_t *root = json_object(), *rows = json_array(), *missing = json_array();
    for (int i = 0; i < self->results->count; i++)
        json_array_append_new(rows, line_to_json(self->study, &self->results->rows[i]));
    for (int i = 0; i < self->results->missing_count; i++)
        json_array_append_new(missing, missing_to_json(self, self->results->missing[i]));
    json_object_set_new(root, "runs", json_integer(self->study->runs));
    json_object_set_new(root, "missing", missing);
    json_object_set_new(root, "rows", rows);
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    json_decref(root);
    if (!text)
        return lead_fail(LEAD_MEMORY, "%s: no memory for its text", path);
    lead_status status = lead_file_writer_alloc(path, false, &writer);
    if (status == LEAD_OK) {
        lead_file_printf(writer, "%s\n", text);
        status = lead_file_writer_finish(writer);
        lead_file_writer_free(writer);
    }
    free(text);
    return status;
}

static lead_status gather(gatherer *self) {
    size_t count = (size_t)self->study->count;
    LEAD_TRY(lead_calloc(1, sizeof *self->results, &self->results));
    LEAD_TRY(lead_calloc(count, sizeof *self->results->missing, &self->results->missing));
    LEAD_TRY(lead_calloc(count, sizeof(lead_epochs *), &self->kept));
    LEAD_TRY(lead_calloc(count, sizeof *self->wanted, &self->wanted));
    LEAD_TRY(lead_calloc(count, sizeof *self->gone, &self->gone));
    LEAD_TRY(gather_all(self));
    LEAD_TRY(write_csv(self));
    return write_json(self);
}

lead_status lead_study_gather(const lead_study *study, lead_study_results **out) {
    LEAD_EXPECTS(study && out);
    gatherer self = {.study = study};
    lead_status status = gather(&self);
    for (int i = 0; self.kept && i < study->count; i++)
        lead_epochs_free(self.kept[i]);
    free(self.kept);
    free(self.wanted);
    free(self.gone);
    if (status == LEAD_OK)
        *out = self.results;
    else
        lead_study_results_free(self.results);
    return status;
}
