/* Scores of predictors as JSON: what `lead evaluate --json` writes. */
#include "base/expects.h"
#include "formats/text/json.h"
#include <lead/evaluate.h>
#include <math.h>

static json_t *row_to_json(const lead_evaluate_row *row) {
    static const char *const levels[LEAD_COVERAGE_LEVELS] = {"50", "80", "90", "95"};
    const lead_evaluation_result *scores = &row->scores;
    json_t *root = json_object(), *coverage = json_object();
    json_object_set_new(root, "predictor", json_string(row->predictor));
    json_object_set_new(root, "horizon", json_integer(row->horizon));
    json_object_set_new(root, "windows", json_integer(scores->windows));
    lead_json_set(root, "nrmse", scores->nrmse);
    lead_json_set(root, "nmae", scores->nmae);
    lead_json_set(root, "od_rmse", scores->od_rmse);
    lead_json_set(root, "ncrps", scores->ncrps);
    lead_json_set(root, "crps_sum", scores->crps_sum);
    lead_json_set(root, "link_ncrps", scores->link_ncrps);
    lead_json_set(root, "energy", scores->energy);
    for (int i = 0; i < LEAD_COVERAGE_LEVELS; i++)
        lead_json_set(coverage, levels[i], scores->coverage[i]);
    json_object_set_new(root, "coverage", coverage);
    lead_json_set(root, "width_90", scores->width_90);
    lead_json_set(root, "collapse", scores->collapse);
    lead_json_set(root, "seconds_per_forecast", row->seconds_per_forecast);
    lead_json_set(root, "diffusion_steps", row->diffusion_steps > 0 ? row->diffusion_steps : NAN);
    return root;
}

lead_status lead_evaluate_write_json(const lead_evaluate_row *rows, int count, const char *path) {
    LEAD_EXPECTS((rows || count == 0) && path);
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(list, row_to_json(&rows[i]));
    return lead_json_write(path, list, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
}
