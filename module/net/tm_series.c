/* Traffic matrices over time, in blocks of about a MiB, so that a series needs no more memory than
 * its numbers. */
#include "base/array.h"
#include "base/expects.h"
#include <lead/net.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 20 };

struct lead_tm_series {
    int node_count, length, per_block, block_count, block_room;
    double **blocks;
    int64_t *times;
    int time_room;
    char **names; /* NULL without names */
};

/* Names are those of nodes: a network without links knows what may be one. */
static lead_status check_names(int node_count, const char *const *names) {
    lead_topology *nodes;
    LEAD_TRY(lead_topology_alloc(&nodes));
    lead_status status = LEAD_OK;
    for (int i = 0; i < node_count && status == LEAD_OK; i++)
        status = lead_topology_add_node(nodes, names[i], NULL);
    lead_topology_free(nodes);
    return status;
}

lead_status lead_tm_series_alloc(int node_count, const char *const *names, lead_tm_series **out) {
    LEAD_EXPECTS(out);
    if (node_count < 1 || node_count > 46340)
        return lead_fail(LEAD_INVALID, "a TM of %d nodes cannot be", node_count);
    lead_tm_series *series = NULL;
    lead_status status = LEAD_OK;
    if (names)
        LEAD_TRY(check_names(node_count, names));
    LEAD_TRY(lead_calloc(1, sizeof *series, &series));
    series->node_count = node_count;
    size_t tm_bytes = (size_t)node_count * (size_t)node_count * sizeof(double);
    series->per_block = tm_bytes < BLOCK_BYTES ? (int)(BLOCK_BYTES / tm_bytes) : 1;
    if (names) {
        LEAD_TRY_FREE(lead_calloc((size_t)node_count, sizeof *series->names, &series->names));
        for (int i = 0; i < node_count; i++)
            LEAD_TRY_FREE(lead_string_copy(names[i], &series->names[i]));
    }
    *out = series;
    return LEAD_OK;
fail:
    lead_tm_series_free(series);
    return status;
}

void lead_tm_series_free(lead_tm_series *series) {
    if (!series)
        return;
    for (int i = 0; i < series->block_count; i++)
        free(series->blocks[i]);
    for (int i = 0; series->names && i < series->node_count; i++)
        free(series->names[i]);
    free(series->blocks);
    free(series->times);
    free(series->names);
    free(series);
}

static size_t tm_size(const lead_tm_series *series) {
    return (size_t)series->node_count * (size_t)series->node_count;
}

static double *tm_at(const lead_tm_series *series, int index) {
    return series->blocks[index / series->per_block] +
           (size_t)(index % series->per_block) * tm_size(series);
}

/* Makes room for one more TM: its time and, at the end of a block, the next block. */
static lead_status make_room(lead_tm_series *series) {
    LEAD_TRY(
        lead_grow(&series->times, sizeof *series->times, series->length, 1, &series->time_room));
    if (series->length < series->block_count * series->per_block)
        return LEAD_OK;
    LEAD_TRY(lead_grow(&series->blocks, sizeof *series->blocks, series->block_count, 1,
                       &series->block_room));
    LEAD_TRY(lead_calloc((size_t)series->per_block * tm_size(series), sizeof(double),
                         &series->blocks[series->block_count]));
    series->block_count++;
    return LEAD_OK;
}

lead_status lead_tm_series_append(lead_tm_series *series, int64_t time, const double *tm) {
    LEAD_EXPECTS(series && tm);
    char now[LEAD_TIME_LENGTH + 1], then[LEAD_TIME_LENGTH + 1];
    lead_time_format(time, now);
    if (series->length > 0 && time <= series->times[series->length - 1]) {
        lead_time_format(series->times[series->length - 1], then);
        return lead_fail(LEAD_INVALID, "time %s does not come after %s", now, then);
    }
    LEAD_TRY(lead_tm_check(now, tm, 1, series->node_count));
    LEAD_TRY(make_room(series));
    memcpy(tm_at(series, series->length), tm, tm_size(series) * sizeof *tm);
    series->times[series->length++] = time;
    return LEAD_OK;
}

lead_status lead_tm_series_replace(lead_tm_series *series, int index, const double *tm) {
    LEAD_EXPECTS(series && tm && index >= 0 && index < series->length);
    char time[LEAD_TIME_LENGTH + 1];
    lead_time_format(series->times[index], time);
    LEAD_TRY(lead_tm_check(time, tm, 1, series->node_count));
    memcpy(tm_at(series, index), tm, tm_size(series) * sizeof *tm);
    return LEAD_OK;
}

int lead_tm_series_node_count(const lead_tm_series *series) {
    LEAD_EXPECTS(series);
    return series->node_count;
}

int lead_tm_series_length(const lead_tm_series *series) {
    LEAD_EXPECTS(series);
    return series->length;
}

const char *lead_tm_series_node_name(const lead_tm_series *series, int node) {
    LEAD_EXPECTS(series);
    return series->names ? series->names[node] : NULL;
}

const double *lead_tm_series_tm(const lead_tm_series *series, int index) {
    LEAD_EXPECTS(series && index >= 0 && index < series->length);
    return tm_at(series, index);
}

int64_t lead_tm_series_time(const lead_tm_series *series, int index) {
    LEAD_EXPECTS(series && index >= 0 && index < series->length);
    return series->times[index];
}

int64_t lead_tm_series_step(const lead_tm_series *series) {
    LEAD_EXPECTS(series);
    int64_t step = 0;
    for (int i = 1; i < series->length; i++) {
        int64_t distance = series->times[i] - series->times[i - 1];
        if (!step || distance < step)
            step = distance;
    }
    return step;
}

int lead_tm_series_find(const lead_tm_series *series, int64_t time) {
    LEAD_EXPECTS(series);
    int low = 0, high = series->length - 1;
    while (low <= high) {
        int middle = low + (high - low) / 2;
        if (series->times[middle] == time)
            return middle;
        if (series->times[middle] < time)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return -1;
}

static int compare_times(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

lead_status lead_tm_series_without(const lead_tm_series *series, const int64_t *times, int count,
                                   lead_tm_series **out) {
    LEAD_EXPECTS(series && out && (times || count == 0));
    lead_tm_series *left = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_tm_series_alloc(series->node_count, (const char *const *)series->names, &left));
    for (int i = 0; i < series->length; i++)
        if (count == 0 ||
            !bsearch(&series->times[i], times, (size_t)count, sizeof *times, compare_times))
            LEAD_TRY_FREE(lead_tm_series_append(left, series->times[i], tm_at(series, i)));
    *out = left;
    return LEAD_OK;
fail:
    lead_tm_series_free(left);
    return status;
}

void lead_tm_series_clear_diagonals(lead_tm_series *series) {
    LEAD_EXPECTS(series);
    size_t n = (size_t)series->node_count;
    for (int i = 0; i < series->length; i++)
        for (size_t v = 0; v < n; v++)
            tm_at(series, i)[v * n + v] = 0;
}

lead_status lead_tm_series_slice(const lead_tm_series *series, int first, int count,
                                 lead_tm_series **out) {
    LEAD_EXPECTS(series && out);
    if (first < 0 || count < 0 || first > series->length - count)
        return lead_fail(LEAD_INVALID, "TMs %d..%d of a series of %d", first, first + count - 1,
                         series->length);
    lead_tm_series *slice;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_tm_series_alloc(series->node_count, (const char *const *)series->names, &slice));
    for (int i = first; i < first + count && status == LEAD_OK; i++)
        status = lead_tm_series_append(slice, series->times[i], tm_at(series, i));
    if (status == LEAD_OK)
        *out = slice;
    else
        lead_tm_series_free(slice);
    return status;
}

/* from[i]: the series' index of the topology's node i. */
static lead_status match_nodes(const lead_tm_series *series, const lead_topology *topology,
                               int *from) {
    int n = series->node_count;
    if (lead_topology_node_count(topology) > n)
        for (int i = 0; series->names && i < lead_topology_node_count(topology); i++) {
            bool found = false;
            for (int k = 0; k < n && !found; k++)
                found = strcmp(series->names[k], lead_topology_node_name(topology, i)) == 0;
            if (!found)
                return lead_fail(LEAD_INVALID, "node \"%s\" of the topology is not in the TMs",
                                 lead_topology_node_name(topology, i));
        }
    for (int i = 0; series->names && i < n; i++) {
        int at = lead_topology_find_node(topology, series->names[i]);
        if (at < 0)
            return lead_fail(LEAD_INVALID, "node \"%s\" of the TMs is not in the topology",
                             series->names[i]);
        from[at < n ? at : 0] = i;
    }
    if (lead_topology_node_count(topology) != n)
        return lead_fail(LEAD_INVALID, "the TMs have %d nodes, the topology %d", n,
                         lead_topology_node_count(topology));
    return LEAD_OK;
}

static bool in_order(const int *from, int n) {
    for (int i = 0; i < n; i++)
        if (from[i] != i)
            return false;
    return true;
}

static void permute(double *tm, int n, const int *from, double *scratch) {
    memcpy(scratch, tm, (size_t)n * (size_t)n * sizeof *tm);
    for (int s = 0; s < n; s++)
        for (int t = 0; t < n; t++)
            tm[s * n + t] = scratch[from[s] * n + from[t]];
}

static lead_status rename_nodes(lead_tm_series *series, const lead_topology *topology) {
    if (!series->names)
        LEAD_TRY(lead_calloc((size_t)series->node_count, sizeof *series->names, &series->names));
    for (int i = 0; i < series->node_count; i++) {
        free(series->names[i]);
        series->names[i] = NULL;
        LEAD_TRY(lead_string_copy(lead_topology_node_name(topology, i), &series->names[i]));
    }
    return LEAD_OK;
}

lead_status lead_tm_series_arrange(lead_tm_series *series, const lead_topology *topology) {
    LEAD_EXPECTS(series && topology);
    int n = series->node_count, *from = NULL;
    double *scratch = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof *from, &from));
    LEAD_TRY_FREE(lead_calloc(tm_size(series), sizeof *scratch, &scratch));
    for (int i = 0; i < n; i++)
        from[i] = i;
    LEAD_TRY_FREE(match_nodes(series, topology, from));
    for (int i = 0; i < series->length && !in_order(from, n); i++)
        permute(tm_at(series, i), n, from, scratch);
    LEAD_TRY_FREE(rename_nodes(series, topology));
fail:
    free(from);
    free(scratch);
    return status;
}

lead_status lead_tm_series_scale(lead_tm_series *series, double factor) {
    LEAD_EXPECTS(series);
    if (!isfinite(factor) || factor < 0)
        return lead_fail(LEAD_NUMERIC, "TMs cannot be scaled by %g", factor);
    for (int i = 0; i < series->length; i++)
        for (size_t od = 0; od < tm_size(series); od++)
            tm_at(series, i)[od] *= factor;
    return LEAD_OK;
}

double lead_tm_total(const double *tm, int node_count) {
    LEAD_EXPECTS(tm);
    double total = 0;
    for (int s = 0; s < node_count; s++)
        for (int t = 0; t < node_count; t++)
            total += s == t ? 0 : tm[s * node_count + t];
    return total;
}

lead_status lead_tm_check(const char *what, const double *tms, size_t count, int node_count) {
    LEAD_EXPECTS(what);
    size_t n = (size_t)node_count;
    char which[40] = "";
    for (size_t i = 0; i < count * n * n; i++) {
        if (isfinite(tms[i]) && tms[i] >= 0)
            continue;
        if (count > 1)
            snprintf(which, sizeof which, "TM %zu: ", i / (n * n));
        return lead_fail(LEAD_NUMERIC, "%s: %s%g bit/s from node %zu to node %zu is not a rate",
                         what, which, tms[i], i / n % n, i % n);
    }
    return LEAD_OK;
}
