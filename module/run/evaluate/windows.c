/* The TMs, the routing and the windows that predictors are scored on. */
#include "base/expects.h"
#include <lead/evaluate.h>
#include <stdlib.h>

/* --- the data --------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

lead_status lead_evaluate_clean(const lead_tm_series *series, const int64_t *suspects, int count,
                                lead_tm_series **out) {
    LEAD_EXPECTS(series && out);
    LEAD_TRY(lead_tm_series_without(series, suspects, count, out));
    lead_tm_series_clear_diagonals(*out);
    return LEAD_OK;
}

/* A new topology of the same links whose nodes stand in the order of the series' columns. */
static lead_status reorder(const lead_topology *topology, const lead_tm_series *series,
                           lead_topology **out) {
    int n = lead_topology_node_count(topology);
    lead_topology *ordered = NULL;
    lead_status status = LEAD_OK;
    if (!lead_tm_series_node_name(series, 0))
        return lead_topology_copy(topology, out);
    LEAD_TRY(lead_topology_alloc(&ordered));
    for (int v = 0; v < lead_tm_series_node_count(series); v++)
        LEAD_TRY_FREE(lead_topology_add_node(ordered, lead_tm_series_node_name(series, v), NULL));
    for (int v = 0; v < n; v++)
        if (lead_topology_find_node(ordered, lead_topology_node_name(topology, v)) < 0) {
            status = lead_fail(LEAD_INVALID, "node %s of the network is not in the TMs",
                               lead_topology_node_name(topology, v));
            goto fail;
        }
    for (int v = 0; v < lead_topology_node_count(ordered); v++)
        if (lead_topology_find_node(topology, lead_topology_node_name(ordered, v)) < 0) {
            status = lead_fail(LEAD_INVALID, "node %s of the TMs is not in the network",
                               lead_topology_node_name(ordered, v));
            goto fail;
        }
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        lead_link link = *lead_topology_link(topology, e);
        link.source =
            lead_topology_find_node(ordered, lead_topology_node_name(topology, link.source));
        link.destination =
            lead_topology_find_node(ordered, lead_topology_node_name(topology, link.destination));
        LEAD_TRY_FREE(lead_topology_add_link(ordered, link, NULL));
    }
    *out = ordered;
    return LEAD_OK;
fail:
    lead_topology_free(ordered);
    return status;
}

lead_status lead_evaluate_routing(const lead_topology *topology, const lead_tm_series *series,
                                  lead_routing **out) {
    LEAD_EXPECTS(topology && series && out);
    lead_topology *ordered = NULL;
    double *weights = NULL;
    lead_status status = LEAD_OK;
    if (!lead_tm_series_node_name(series, 0) &&
        lead_topology_node_count(topology) != lead_tm_series_node_count(series))
        return lead_fail(LEAD_INVALID, "the network has %d nodes, the TMs %d",
                         lead_topology_node_count(topology), lead_tm_series_node_count(series));
    LEAD_TRY_FREE(reorder(topology, series, &ordered));
    LEAD_TRY_FREE(
        lead_calloc((size_t)lead_topology_link_count(ordered), sizeof *weights, &weights));
    LEAD_TRY_FREE(lead_link_weights(ordered, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
    LEAD_TRY_FREE(lead_routing_from_weights(ordered, weights, out));
fail:
    free(weights);
    lead_topology_free(ordered);
    return status;
}

/* --- windows ---------------------------------------------------------------------------------- */

static bool is_listed(const lead_evaluate_span *span, int64_t time) {
    return !span->at ||
           bsearch(&time, span->at, (size_t)span->at_count, sizeof time, compare) != NULL;
}

/* Times increase by at least a step, so as many steps as rows apart means: no gap between. */
static bool is_window(const lead_tm_series *series, int now, const lead_evaluate_span *span,
                      int64_t step) {
    int first = now - LEAD_EVALUATE_HISTORY + 1, last = now + span->longest;
    return lead_tm_series_time(series, now + span->shortest) >= span->from &&
           lead_tm_series_time(series, last) < span->to &&
           lead_tm_series_time(series, last) - lead_tm_series_time(series, first) ==
               (last - first) * step &&
           is_listed(span, lead_tm_series_time(series, now));
}

lead_status lead_evaluate_windows(const lead_tm_series *series, const lead_evaluate_span *span,
                                  int most, int **now, int *count) {
    LEAD_EXPECTS(series && span && now && count);
    int length = lead_tm_series_length(series), found = 0, *rows;
    int64_t step = lead_tm_series_step(series);
    LEAD_TRY(lead_calloc((size_t)length, sizeof *rows, &rows));
    for (int row = LEAD_EVALUATE_HISTORY - 1; row < length - span->longest; row++)
        if (is_window(series, row, span, step))
            rows[found++] = row;
    if (found == 0) {
        free(rows);
        return lead_fail(LEAD_INVALID,
                         "no window of %d TMs without a gap has its targets, %d to %d steps ahead, "
                         "in the time to report on%s",
                         LEAD_EVALUATE_HISTORY + span->longest, span->shortest, span->longest,
                         span->at ? " and is made at a listed time" : "");
    }
    if (most > 0 && most < found) {
        for (int i = 0; i < most; i++) /* the middle of each of `most` equal parts */
            rows[i] = rows[(2 * (int64_t)i + 1) * found / (2 * (int64_t)most)];
        found = most;
    }
    *now = rows;
    *count = found;
    return LEAD_OK;
}
