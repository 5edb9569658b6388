/* What one policy did: its epochs.csv, links.csv and timings.csv. */
#include "formats/text/columns.h"
#include "formats/text/json.h"
#include "record/epochs.h"
#include "report/parts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const epoch_columns[] = {"mlu",
                                            "optimum",
                                            "mlu_over_optimum",
                                            "loss_fraction",
                                            "loss_congestion",
                                            "loss_transient",
                                            "loss_disconnected",
                                            "delay_mean_s",
                                            "delay_p99_s",
                                            "flow_time_mean_s",
                                            "flow_time_p99_s",
                                            "links_changed",
                                            "moved_fraction",
                                            "forecast_nrmse",
                                            "forecast_nmae",
                                            "forecast_ncrps",
                                            "forecast_coverage_90",
                                            "disconnected_bps",
                                            "withdrawn_bps",
                                            "network_changed",
                                            "suspects",
                                            "gaps"};

enum { EPOCH_COLUMNS = sizeof epoch_columns / sizeof *epoch_columns };

/* --- columns of epochs ------------------------------------------------------------------------ */

/* A column under its name; one without any value is left out. */
static lead_status put_column(lead_page *page, json_t *columns, const char *name,
                              const double *values, int count) {
    json_t *place;
    bool any = false;
    for (int i = 0; i < count && !any; i++)
        any = isfinite(values[i]);
    if (!any)
        return LEAD_OK;
    LEAD_TRY(lead_page_floats(page, values, (size_t)count, false, &place));
    json_object_set_new(columns, name, place);
    return LEAD_OK;
}

/* Seconds after the first epoch: float32 holds them to the second for 194 days, and whole minutes
 * for years. */
static lead_status put_times(lead_page *page, json_t *policy, const lead_epochs *epochs) {
    double *offsets;
    json_t *place;
    LEAD_TRY(lead_calloc((size_t)epochs->count, sizeof *offsets, &offsets));
    for (int i = 0; i < epochs->count; i++)
        offsets[i] = (double)(epochs->time[i] - epochs->time[0]);
    lead_status status = lead_page_floats(page, offsets, (size_t)epochs->count, false, &place);
    free(offsets);
    LEAD_TRY(status);
    json_object_set_new(policy, "start",
                        json_integer(epochs->count > 0 ? (json_int_t)epochs->time[0] : 0));
    json_object_set_new(policy, "offsets", place);
    return LEAD_OK;
}

static lead_status put_epochs(lead_page *page, const lead_epochs *epochs, json_t *policy) {
    json_t *columns = json_object();
    json_object_set_new(policy, "epochs", json_integer(epochs->count));
    json_object_set_new(policy, "columns", columns);
    LEAD_TRY(put_times(page, policy, epochs));
    LEAD_TRY(put_column(page, columns, "offered_bps", epochs->offered, epochs->count));
    for (int i = 0; i < EPOCH_COLUMNS; i++)
        LEAD_TRY(put_column(page, columns, epoch_columns[i], epochs->values[i], epochs->count));
    return LEAD_OK;
}

/* --- fallbacks -------------------------------------------------------------------------------- */

enum { FALLBACKS, WHY, FALLBACK_COLUMNS };

/* The place of a text in a list of texts; it is added where it is not there. */
static json_int_t place_in(json_t *list, const char *text) {
    json_t *wanted = lead_page_text(text), *one;
    size_t i;
    json_array_foreach(list, i, one) {
        if (json_equal(one, wanted)) {
            json_decref(wanted);
            return (json_int_t)i;
        }
    }
    json_array_append_new(list, wanted);
    return (json_int_t)json_array_size(list) - 1;
}

static lead_status read_fallbacks(lead_columns *rows, json_t *fallbacks, json_t *reasons) {
    for (json_int_t row = 0;; row++) {
        bool there;
        LEAD_TRY(lead_columns_next(rows, &there));
        if (!there)
            return LEAD_OK;
        if (!*rows->fields[FALLBACKS])
            continue;
        json_array_append_new(fallbacks,
                              json_pack("[I, o, I]", row, lead_page_text(rows->fields[FALLBACKS]),
                                        place_in(reasons, rows->fields[WHY])));
    }
}

/* "fallbacks": [[row, "PREDICT+PLAN", place in "reasons"], ...]. */
static lead_status put_fallbacks(const char *path, json_t *policy) {
    static const char *const names[FALLBACK_COLUMNS] = {"fallbacks", "why"};
    json_t *fallbacks = json_array(), *reasons = json_array();
    lead_columns rows = {0};
    json_object_set_new(policy, "fallbacks", fallbacks);
    json_object_set_new(policy, "reasons", reasons);
    lead_status status =
        lead_columns_open(path, names, FALLBACK_COLUMNS, "epochs.csv with fallbacks", &rows);
    if (status == LEAD_OK)
        status = read_fallbacks(&rows, fallbacks, reasons);
    lead_columns_close(&rows);
    return status;
}

/* --- links ------------------------------------------------------------------------------------ */

enum { EPOCH, SOURCE, DESTINATION, CAPACITY, OFFERED, CARRIED, LINK_COLUMNS };

static const char *const link_columns[LINK_COLUMNS] = {
    "epoch", "src", "dst", "capacity_bps", "offered_bps", "carried_bps"};

typedef struct loads {
    const lead_topology *topology;
    const lead_epochs *epochs;
    lead_columns rows;
    double *offered, *carried; /* [links][epochs], bit/s */
    double *capacity;          /* [links] of the last epoch, bit/s */
    json_t *changes;           /* [[row, link, capacity], ...] where it is another one from there */
} loads;

static lead_status number_of(const loads *self, int column, double *value) {
    const char *field = self->rows.fields[column];
    *value = NAN;
    if (lead_is_missing(field) || lead_number_parse(field, value))
        return LEAD_OK;
    return lead_lines_fail(self->rows.lines, LEAD_FORMAT, "%s: \"%.40s\" is not a number",
                           link_columns[column], field);
}

/* Whether this row is of that epoch and link. */
static lead_status check_row(const loads *self, int row, int link) {
    const lead_link *is = lead_topology_link(self->topology, link);
    const char *source = lead_topology_node_name(self->topology, is->source),
               *destination = lead_topology_node_name(self->topology, is->destination);
    int epoch;
    if (!lead_integer_parse(self->rows.fields[EPOCH], &epoch) || epoch != self->epochs->epoch[row])
        return lead_lines_fail(self->rows.lines, LEAD_FORMAT,
                               "epoch %.20s, where epochs.csv has %d: run it again",
                               self->rows.fields[EPOCH], self->epochs->epoch[row]);
    if (strcmp(self->rows.fields[SOURCE], source) != 0 ||
        strcmp(self->rows.fields[DESTINATION], destination) != 0)
        return lead_lines_fail(self->rows.lines, LEAD_FORMAT,
                               "link %.60s-%.60s, where the scenario's network has %.60s-%.60s: "
                               "its file is another one than the run's",
                               self->rows.fields[SOURCE], self->rows.fields[DESTINATION], source,
                               destination);
    return LEAD_OK;
}

static lead_status read_link(loads *self, int row, int link) {
    size_t at = (size_t)link * (size_t)self->epochs->count + (size_t)row;
    double capacity;
    LEAD_TRY(check_row(self, row, link));
    LEAD_TRY(number_of(self, CAPACITY, &capacity));
    LEAD_TRY(number_of(self, OFFERED, &self->offered[at]));
    LEAD_TRY(number_of(self, CARRIED, &self->carried[at]));
    if (isfinite(capacity) && fabs(capacity - self->capacity[link]) > 1e-6 * capacity) {
        json_array_append_new(self->changes, json_pack("[i, i, f]", row, link, capacity));
        self->capacity[link] = capacity;
    }
    return LEAD_OK;
}

/* A run that was ended may lack the last epoch's rows: they stay NaN. */
static lead_status read_links(loads *self) {
    int links = lead_topology_link_count(self->topology);
    for (int row = 0; row < self->epochs->count; row++)
        for (int link = 0; link < links; link++) {
            bool there;
            LEAD_TRY(lead_columns_next(&self->rows, &there));
            if (!there)
                return LEAD_OK;
            LEAD_TRY(read_link(self, row, link));
        }
    return LEAD_OK;
}

/* What is carried goes as its share of what is offered, which mostly is 1 and packs to nothing. */
static lead_status put_loads(lead_page *page, const loads *self, size_t count, json_t *policy) {
    json_t *offered, *carried;
    for (size_t i = 0; i < count; i++)
        self->carried[i] = self->offered[i] > 0 ? self->carried[i] / self->offered[i] : 1;
    LEAD_TRY(lead_page_floats(page, self->offered, count, true, &offered));
    json_object_set_new(policy, "offered", offered);
    LEAD_TRY(lead_page_floats(page, self->carried, count, true, &carried));
    json_object_set_new(policy, "carried_share", carried);
    return LEAD_OK;
}

static lead_status put_links(lead_page *page, const char *path, const lead_topology *topology,
                             const lead_epochs *epochs, json_t *policy) {
    loads self = {.topology = topology, .epochs = epochs, .changes = json_array()};
    size_t links = (size_t)lead_topology_link_count(topology),
           count = links * (size_t)epochs->count;
    lead_status status = LEAD_OK;
    json_object_set_new(policy, "capacity_changes", self.changes);
    LEAD_TRY_FREE(lead_calloc(count, sizeof(double), &self.offered));
    LEAD_TRY_FREE(lead_calloc(count, sizeof(double), &self.carried));
    LEAD_TRY_FREE(lead_calloc(links, sizeof(double), &self.capacity));
    for (size_t i = 0; i < count; i++)
        self.offered[i] = self.carried[i] = NAN;
    for (size_t e = 0; e < links; e++)
        self.capacity[e] = lead_topology_link(topology, (int)e)->capacity;
    LEAD_TRY_FREE(
        lead_columns_open(path, link_columns, LINK_COLUMNS, "links.csv of a run", &self.rows));
    LEAD_TRY_FREE(read_links(&self));
    status = put_loads(page, &self, count, policy);
fail:
    lead_columns_close(&self.rows);
    free(self.offered);
    free(self.carried);
    free(self.capacity);
    return status;
}

/* --- seconds ---------------------------------------------------------------------------------- */

enum { SIMULATE, MEASURE, PREDICT, TE, STEPS, STAGES };

static const char *const stages[STAGES] = {"simulate_s", "measure_s", "predict_s", "te_s",
                                           "diffusion_steps"};

static lead_status read_stages(lead_columns *rows, double *values, int epochs) {
    for (int row = 0; row < epochs; row++) {
        bool there;
        LEAD_TRY(lead_columns_next(rows, &there));
        for (int k = 0; there && k < STAGES; k++)
            if (!lead_number_parse(rows->fields[k], &values[k * epochs + row]))
                values[k * epochs + row] = NAN;
    }
    return LEAD_OK;
}

static lead_status put_stages(lead_page *page, const char *path, int epochs, json_t *policy) {
    lead_columns rows = {0};
    double *values = NULL;
    lead_status status = LEAD_OK;
    if (access(path, F_OK) != 0)
        return LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)STAGES * (size_t)epochs, sizeof *values, &values));
    for (int i = 0; i < STAGES * epochs; i++)
        values[i] = NAN;
    LEAD_TRY_FREE(lead_columns_open(path, stages, STAGES, "timings.csv of a run", &rows));
    LEAD_TRY_FREE(read_stages(&rows, values, epochs));
    for (int k = 0; k < STAGES; k++)
        LEAD_TRY_FREE(put_column(page, json_object_get(policy, "columns"), stages[k],
                                 values + k * epochs, epochs));
fail:
    lead_columns_close(&rows);
    free(values);
    return status;
}

/* --- all of it -------------------------------------------------------------------------------- */

lead_status lead_report_policy(lead_page *page, const char *folder, const lead_topology *topology,
                               json_t *policy) {
    char path[4200];
    lead_epochs *epochs;
    lead_status status = LEAD_OK;
    snprintf(path, sizeof path, "%s/epochs.csv", folder);
    LEAD_TRY(lead_epochs_read(path, epoch_columns, EPOCH_COLUMNS, &epochs));
    LEAD_TRY_FREE(put_epochs(page, epochs, policy));
    LEAD_TRY_FREE(put_fallbacks(path, policy));
    snprintf(path, sizeof path, "%s/links.csv", folder);
    LEAD_TRY_FREE(put_links(page, path, topology, epochs, policy));
    snprintf(path, sizeof path, "%s/timings.csv", folder);
    LEAD_TRY_FREE(put_stages(page, path, epochs->count, policy));
fail:
    lead_epochs_free(epochs);
    return status;
}
