/* Scores of predictors as JSON: what `lead evaluate --json` writes. */
#include "formats/text/json.h"
#include "base/expects.h"
#include <lead/evaluate.h>
#include <math.h>
#include <string.h>

static void add_paths(json_t *root, const lead_path_result *paths) {
    lead_json_set(root, lead_score_name(LEAD_SCORE_LINK_PEAK_CRPS), paths->link_peak_crps);
    lead_json_set(root, lead_score_name(LEAD_SCORE_PEAK_MLU_CRPS), paths->peak_mlu_crps);
    lead_json_set(root, lead_score_name(LEAD_SCORE_PATH_ENERGY), paths->path_energy);
    lead_json_set(root, lead_score_name(LEAD_SCORE_VARIOGRAM), paths->variogram);
    lead_json_set(root, "peak_mlu_coverage_90", paths->peak_mlu_coverage_90);
    lead_json_set(root, "roughness", paths->roughness);
}

static json_t *difference_to_json(const lead_evaluate_difference *of) {
    json_t *object = json_object();
    lead_json_set(object, "difference", of->difference);
    lead_json_set(object, "low", of->low);
    lead_json_set(object, "high", of->high);
    return object;
}

/* "against": {"predictor", NCRPS: {"difference", "low", "high"}, ...} of a row's own differences.
 */
static void add_differences(json_t *root, const lead_evaluate_row *row,
                            const lead_evaluate_difference *differences, int count) {
    json_t *against = NULL;
    for (int i = 0; i < count; i++) {
        if (differences[i].horizon != row->horizon ||
            strcmp(differences[i].predictor, row->predictor) != 0)
            continue;
        if (!against) {
            against = json_object();
            json_object_set_new(root, "against", against);
            json_object_set_new(against, "predictor", json_string(differences[i].against));
        }
        json_object_set_new(against, lead_score_name(differences[i].score),
                            difference_to_json(&differences[i]));
    }
}

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
    if (row->paths.windows > 0)
        add_paths(root, &row->paths);
    lead_json_set(root, "seconds_per_forecast", row->seconds_per_forecast);
    lead_json_set(root, "diffusion_steps", row->diffusion_steps > 0 ? row->diffusion_steps : NAN);
    return root;
}

lead_status lead_evaluate_write_json(const lead_evaluate_row *rows, int count,
                                     const lead_evaluate_difference *differences,
                                     int difference_count, const char *path) {
    LEAD_EXPECTS((rows || count == 0) && (differences || difference_count == 0) && path);
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        json_t *row = row_to_json(&rows[i]);
        add_differences(row, &rows[i], differences, difference_count);
        json_array_append_new(list, row);
    }
    return lead_json_write(path, list, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
}
