/* A comparison as JSON: what `lead compare --json` writes, and the report's page shows. */
#include "compare/json.h"
#include "base/expects.h"
#include "formats/text/json.h"

const char *lead_compare_statistic_name(lead_compare_statistic statistic) {
    return statistic == LEAD_COMPARE_MEAN ? "mean" : statistic == LEAD_COMPARE_P99 ? "p99" : "max";
}

static json_t *name_to_json(const char *name) {
    json_t *text = json_string(name);
    return text ? text : json_string("(no UTF-8)");
}

json_t *lead_compare_row_to_json(const lead_compare_row *row) {
    const lead_compare_estimate *estimate = &row->estimate;
    json_t *object = json_object();
    json_object_set_new(object, "policy_a", name_to_json(row->policy_a));
    json_object_set_new(object, "policy_b", name_to_json(row->policy_b));
    json_object_set_new(object, "metric", json_string(row->metric));
    json_object_set_new(object, "statistic",
                        json_string(lead_compare_statistic_name(row->statistic)));
    lead_json_set(object, "a", estimate->a);
    lead_json_set(object, "b", estimate->b);
    lead_json_set(object, "difference", estimate->difference);
    lead_json_set(object, "low", estimate->low);
    lead_json_set(object, "high", estimate->high);
    lead_json_set(object, "p", estimate->p);
    lead_json_set(object, "p_holm", row->p_holm);
    lead_json_set(object, "p_beyond_effect_holm", row->p_beyond_holm);
    lead_json_set(object, "block_epochs", estimate->block);
    json_object_set_new(object, "epochs", json_integer(estimate->epochs));
    json_object_set_new(object, "epochs_used", json_integer(estimate->used));
    json_object_set_new(object, "verdict",
                        row->judged ? json_string(lead_compare_verdict_text(row->verdict))
                                    : json_null());
    return object;
}

static json_t *runs_to_json(const char *const *runs, int count) {
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        char text[1024];
        json_array_append_new(list, json_string(lead_printable(runs[i], text, sizeof text)));
    }
    return list;
}

lead_status lead_compare_write_json(const lead_compare_request *request,
                                    const lead_compare_table *table, const char *path) {
    LEAD_EXPECTS(request && table && path);
    const char *const *runs_b = request->runs_b ? request->runs_b : request->runs_a;
    json_t *root = json_object(), *rows = json_array();
    json_object_set_new(root, "a", runs_to_json(request->runs_a, request->run_count));
    json_object_set_new(root, "b", runs_to_json(runs_b, request->run_count));
    lead_json_set(root, "effect", request->options.effect);
    lead_json_set(root, "confidence", request->options.confidence);
    json_object_set_new(root, "seed", json_integer((json_int_t)request->options.seed));
    json_object_set_new(root, "resamples", json_integer(table->resamples));
    json_object_set_new(root, "epochs", json_integer(table->epochs));
    json_object_set_new(root, "seeds", json_integer(table->seeds));
    json_object_set_new(root, "stretches", json_integer(table->distinct));
    for (int i = 0; i < table->row_count; i++)
        json_array_append_new(rows, lead_compare_row_to_json(&table->rows[i]));
    json_object_set_new(root, "rows", rows);
    return lead_json_write(path, root, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
}
