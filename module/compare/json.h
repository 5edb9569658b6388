/* A comparison as JSON. */
#ifndef LEAD_COMPARE_JSON_H
#define LEAD_COMPARE_JSON_H

#include <jansson.h>
#include <lead/compare.h>

/* {"policy_a", "policy_b", "metric", "statistic", "a", "b", "difference", "low", "high", "p", ...}:
 * docs/compare-runs.md. To be freed with json_decref(). */
json_t *lead_compare_row_to_json(const lead_compare_row *row);

#endif
