/* The files of what runs say: see write.h. */
#include "study/write.h"
#include "formats/text/json.h"
#include "formats/text/text.h"
#include "study/table.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- parts of lines --------------------------------------------------------------------------- */

static void print_value(lead_file_writer *writer, double value) {
    if (isfinite(value))
        lead_file_printf(writer, ",%.9g", value);
    else
        lead_file_printf(writer, ",");
}

static void print_name(lead_file_writer *writer, const char *name) {
    lead_file_printf(writer, ",");
    if (*name)
        lead_csv_print(writer, name);
}

static void print_change(lead_file_writer *writer, const lead_study_change *change) {
    print_value(writer, change->difference);
    print_value(writer, change->low);
    print_value(writer, change->high);
}

static void print_change_names(lead_file_writer *writer) {
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++) {
        const char *name = lead_study_value_name(lead_study_change_of(i));
        lead_file_printf(writer, ",%s_change,%s_change_low,%s_change_high", name, name, name);
    }
}

/* Begins a file of the folder. */
static lead_status begin(const lead_study *study, const char *name, lead_file_writer **writer) {
    char path[4096];
    LEAD_TRY(lead_study_path(study, path, "%s", name));
    return lead_file_writer_alloc(path, false, writer);
}

static lead_status finish(lead_file_writer *writer) {
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

/* --- whatif.csv ------------------------------------------------------------------------------- */

static void print_line(lead_file_writer *writer, const lead_study *study,
                       const lead_study_result *line) {
    const lead_study_row *row = &study->rows[line->row];
    lead_csv_print(writer, row->variant);
    print_name(writer, row->policy);
    if (line->seeds > 0)
        lead_file_printf(writer, ",all,%d", line->epochs);
    else
        lead_file_printf(writer, ",%llu,%d", (unsigned long long)row->seed, line->epochs);
    for (int i = 0; i < LEAD_STUDY_VALUES; i++)
        print_value(writer, line->values[i]);
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++)
        print_change(writer, &line->changes[i]);
    print_name(writer, line->busiest);
    print_value(writer, line->all_carried);
    print_value(writer, line->carried);
    print_value(writer, line->demand_limit);
    print_value(writer, line->demand_limit_high);
    lead_file_printf(writer, "\n");
}

static lead_status write_csv(const lead_study *study, const lead_study_results *results) {
    lead_file_writer *writer;
    LEAD_TRY(begin(study, "whatif.csv", &writer));
    lead_file_printf(writer, "variant,policy,seed,epochs");
    for (int i = 0; i < LEAD_STUDY_VALUES; i++)
        lead_file_printf(writer, ",%s", lead_study_value_name(i));
    print_change_names(writer);
    lead_file_printf(writer, ",busiest_link,all_carried_share,carried_fraction,demand_limit,"
                             "demand_limit_high\n");
    for (int i = 0; i < results->count; i++)
        print_line(writer, study, &results->rows[i]);
    return finish(writer);
}

/* --- periods.csv ------------------------------------------------------------------------------ */

static void print_part(lead_file_writer *writer, const lead_study_row *row,
                       lead_study_period period, const lead_study_part *part) {
    char begins[LEAD_TIME_LENGTH + 1], ends[LEAD_TIME_LENGTH + 1];
    lead_time_format(part->begin, begins);
    lead_time_format(part->end, ends);
    lead_csv_print(writer, row->variant);
    print_name(writer, row->policy);
    lead_file_printf(writer, ",%s,%s,%s,%d", lead_study_period_name(period), begins, ends,
                     part->epochs);
    for (int i = 0; i < LEAD_STUDY_VALUES; i++) {
        print_value(writer, part->values[i]);
        print_value(writer, part->undisturbed[i]);
    }
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++)
        print_change(writer, &part->changes[i]);
    print_value(writer, part->lost);
    print_value(writer, part->lost_undisturbed);
    print_value(writer, part->lost_seconds);
    print_value(writer, part->back);
    lead_file_printf(writer, "\n");
}

static lead_status write_periods(const lead_study *study, const lead_study_results *results) {
    lead_file_writer *writer;
    LEAD_TRY(begin(study, "periods.csv", &writer));
    lead_file_printf(writer, "variant,policy,period,begin,end,epochs");
    for (int i = 0; i < LEAD_STUDY_VALUES; i++)
        lead_file_printf(writer, ",%s,%s_undisturbed", lead_study_value_name(i),
                         lead_study_value_name(i));
    print_change_names(writer);
    lead_file_printf(writer, ",lost_bytes,lost_bytes_undisturbed,lost_seconds,back_epochs\n");
    for (int i = 0; i < results->count; i++)
        for (int p = 0; p < LEAD_STUDY_PERIODS; p++)
            if (results->rows[i].parts[p].epochs > 0)
                print_part(writer, &study->rows[results->rows[i].row], (lead_study_period)p,
                           &results->rows[i].parts[p]);
    return finish(writer);
}

/* --- links.csv -------------------------------------------------------------------------------- */

/* Names of variants as one field, joined by "; ". */
static lead_status print_variants(lead_file_writer *writer, const lead_study *study,
                                  const int *rows, int count) {
    lead_file_writer *joined;
    char *text;
    LEAD_TRY(lead_text_writer_alloc(&joined));
    for (int i = 0; i < count; i++)
        lead_file_printf(joined, "%s%s", i ? "; " : "", study->rows[rows[i]].variant);
    lead_status status = lead_text_writer_finish(joined, &text);
    lead_file_writer_free(joined);
    LEAD_TRY(status);
    print_name(writer, text);
    free(text);
    return LEAD_OK;
}

static lead_status print_load(lead_file_writer *writer, const lead_study *study,
                              const lead_study_load *load) {
    lead_csv_print(writer, study->rows[load->row].policy);
    print_name(writer, load->name);
    print_value(writer, load->undisturbed);
    print_value(writer, load->utilisation);
    if (isnan(load->utilisation))
        lead_file_printf(writer, ",,,");
    else {
        print_name(writer, study->rows[load->worst].variant);
        lead_file_printf(writer, ",%llu,%d", (unsigned long long)study->rows[load->worst].seed,
                         load->epoch);
    }
    print_value(writer, load->traffic);
    print_name(writer, isnan(load->traffic) ? "" : study->rows[load->traffic_worst].variant);
    LEAD_TRY(print_variants(writer, study, load->near, load->near_count));
    lead_file_printf(writer, "\n");
    return LEAD_OK;
}

static lead_status write_links(const lead_study *study, const lead_study_results *results) {
    lead_file_writer *writer;
    lead_status status = LEAD_OK;
    LEAD_TRY(begin(study, "links.csv", &writer));
    lead_file_printf(writer, "policy,link,utilisation_undisturbed,utilisation,variant,seed,epoch,"
                             "traffic_bps,traffic_variant,variants_near\n");
    for (int i = 0; i < results->load_count && status == LEAD_OK; i++)
        status = print_load(writer, study, &results->loads[i]);
    if (status == LEAD_OK)
        status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

/* --- critical.csv ----------------------------------------------------------------------------- */

static lead_status write_critical(const lead_study *study, const lead_study_results *results) {
    char path[4096];
    lead_file_writer *writer;
    LEAD_TRY(lead_study_path(study, path, "critical.csv"));
    if (results->critical_count == 0)
        return unlink(path) == 0 || errno == ENOENT
                   ? LEAD_OK
                   : lead_fail(LEAD_IO, "%s: cannot be removed: %s", path, strerror(errno));
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "policy,what,variant,mlu_change,mlu_rank,loss_change,betweenness,"
                             "betweenness_rank\n");
    for (int i = 0; i < results->critical_count; i++) {
        const lead_study_critical *it = &results->critical[i];
        const lead_study_row *row = &study->rows[results->rows[it->line].row];
        lead_csv_print(writer, row->policy);
        lead_file_printf(writer, ",%s", it->node ? "node" : "link");
        print_name(writer, row->variant);
        print_value(writer, it->mlu);
        lead_file_printf(writer, ",%d", it->mlu_rank);
        print_value(writer, it->loss);
        print_value(writer, it->betweenness);
        lead_file_printf(writer, ",%d\n", it->rank);
    }
    return finish(writer);
}

/* --- whatif.json ------------------------------------------------------------------------------ */

static json_t *values_to_json(const double *values) {
    json_t *object = json_object();
    for (int i = 0; i < LEAD_STUDY_VALUES; i++)
        json_object_set_new(object, lead_study_value_name(i), lead_json_number(values[i]));
    return object;
}

static json_t *changes_to_json(const lead_study_change *of) {
    json_t *object = json_object();
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++) {
        json_t *change = json_object();
        json_object_set_new(change, "difference", lead_json_number(of[i].difference));
        json_object_set_new(change, "low", lead_json_number(of[i].low));
        json_object_set_new(change, "high", lead_json_number(of[i].high));
        json_object_set_new(object, lead_study_value_name(lead_study_change_of(i)), change);
    }
    return object;
}

static json_t *time_to_json(int64_t time) {
    char text[LEAD_TIME_LENGTH + 1];
    lead_time_format(time, text);
    return json_string(text);
}

static json_t *parts_to_json(const lead_study_part *parts) {
    json_t *object = json_object();
    for (int p = 0; p < LEAD_STUDY_PERIODS; p++) {
        const lead_study_part *part = &parts[p];
        json_t *one = json_object();
        if (part->epochs == 0) {
            json_decref(one);
            continue;
        }
        json_object_set_new(one, "begin", time_to_json(part->begin));
        json_object_set_new(one, "end", time_to_json(part->end));
        json_object_set_new(one, "epochs", json_integer(part->epochs));
        json_object_set_new(one, "values", values_to_json(part->values));
        json_object_set_new(one, "undisturbed", values_to_json(part->undisturbed));
        json_object_set_new(one, "change", changes_to_json(part->changes));
        json_object_set_new(one, "lost_bytes", lead_json_number(part->lost));
        json_object_set_new(one, "lost_bytes_undisturbed",
                            lead_json_number(part->lost_undisturbed));
        json_object_set_new(one, "lost_seconds", lead_json_number(part->lost_seconds));
        json_object_set_new(one, "back_epochs", lead_json_number(part->back));
        json_object_set_new(object, lead_study_period_name((lead_study_period)p), one);
    }
    return object;
}

static json_t *line_to_json(const lead_study *study, const lead_study_result *line) {
    const lead_study_row *row = &study->rows[line->row];
    json_t *object = json_object();
    json_object_set_new(object, "variant", json_string(row->variant));
    json_object_set_new(object, "changes", json_string(row->changes));
    json_object_set_new(object, "against", json_string(study->rows[row->against].variant));
    json_object_set_new(object, "policy", json_string(row->policy));
    json_object_set_new(object, "seed",
                        line->seeds > 0 ? json_string("all") : json_integer((json_int_t)row->seed));
    json_object_set_new(object, "epochs", json_integer(line->epochs));
    json_object_set_new(object, "values", values_to_json(line->values));
    json_object_set_new(object, "change", changes_to_json(line->changes));
    json_object_set_new(object, "busiest_link",
                        *line->busiest ? json_string(line->busiest) : json_null());
    if (line->seeds == 0)
        return object;
    json_object_set_new(object, "periods", parts_to_json(line->parts));
    json_object_set_new(object, "all_carried_share", lead_json_number(line->all_carried));
    json_object_set_new(object, "carried_fraction", lead_json_number(line->carried));
    json_object_set_new(object, "demand_limit", lead_json_number(line->demand_limit));
    json_object_set_new(object, "demand_limit_high", lead_json_number(line->demand_limit_high));
    return object;
}

static json_t *missing_to_json(const lead_study *study, int row) {
    const lead_study_row *of = &study->rows[row];
    json_t *object = json_object();
    json_object_set_new(object, "row", json_integer(row + 1));
    json_object_set_new(object, "variant", json_string(of->variant));
    json_object_set_new(object, "policy", json_string(of->policy));
    json_object_set_new(object, "seed", json_integer((json_int_t)of->seed));
    return object;
}

static json_t *bounds_to_json(double low, double high) {
    json_t *object = json_object();
    json_object_set_new(object, "low", lead_json_number(low));
    json_object_set_new(object, "high", lead_json_number(high));
    return object;
}

static json_t *availability_to_json(const lead_study *study, const lead_study_availability *of) {
    json_t *object = json_object();
    json_object_set_new(object, "policy", json_string(study->rows[of->row].policy));
    json_object_set_new(object, "states", json_integer(of->states));
    json_object_set_new(object, "probability", lead_json_number(of->probability));
    json_object_set_new(object, "availability", bounds_to_json(of->low, of->high));
    json_object_set_new(object, "carried_fraction",
                        bounds_to_json(of->carried_low, of->carried_high));
    return object;
}

static json_t *all_to_json(const lead_study *study, const lead_study_results *results) {
    json_t *root = json_object(), *rows = json_array(), *missing = json_array(),
           *availability = json_array();
    for (int i = 0; i < results->count; i++)
        json_array_append_new(rows, line_to_json(study, &results->rows[i]));
    for (int i = 0; i < results->missing_count; i++)
        json_array_append_new(missing, missing_to_json(study, results->missing[i]));
    for (int i = 0; i < results->availability_count; i++)
        json_array_append_new(availability, availability_to_json(study, &results->availability[i]));
    json_object_set_new(root, "runs", json_integer(study->runs));
    json_object_set_new(root, "missing", missing);
    json_object_set_new(root, "rows", rows);
    if (results->availability_count > 0)
        json_object_set_new(root, "availability", availability);
    else
        json_decref(availability);
    return root;
}

static lead_status write_json(const lead_study *study, const lead_study_results *results) {
    char path[4096];
    LEAD_TRY(lead_study_path(study, path, "whatif.json"));
    return lead_json_write(path, all_to_json(study, results),
                           JSON_INDENT(1) | JSON_REAL_PRECISION(9));
}

lead_status lead_results_write(const lead_study *study, const lead_study_results *results) {
    LEAD_TRY(write_csv(study, results));
    LEAD_TRY(write_periods(study, results));
    LEAD_TRY(write_links(study, results));
    LEAD_TRY(write_critical(study, results));
    return write_json(study, results);
}
