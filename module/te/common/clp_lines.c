/* Rows and columns for Clp. */
#include "te/common/clp_lines.h"
#include "base/memory.h"
#include <stdlib.h>

static lead_status grow(void *array, size_t count, size_t size) {
    void *longer = lead_realloc(*(void **)array, count * size);
    if (!longer)
        return lead_fail(LEAD_MEMORY, "no memory for %zu entries of a linear program", count);
    *(void **)array = longer;
    return LEAD_OK;
}

lead_status lead_clp_line(lead_clp_lines *lines, double lower, double upper, double cost) {
    if (lines->count == lines->room) {
        size_t room = 2 * (size_t)lines->room + 64;
        LEAD_TRY(grow(&lines->start, room + 1, sizeof *lines->start));
        LEAD_TRY(grow(&lines->lower, room, sizeof(double)));
        LEAD_TRY(grow(&lines->upper, room, sizeof(double)));
        LEAD_TRY(grow(&lines->cost, room, sizeof(double)));
        lines->room = (int)room;
    }
    lines->start[lines->count] = lines->entries;
    lines->lower[lines->count] = lower;
    lines->upper[lines->count] = upper;
    lines->cost[lines->count++] = cost;
    lines->start[lines->count] = lines->entries;
    return LEAD_OK;
}

lead_status lead_clp_entry(lead_clp_lines *lines, int index, double value) {
    if (lines->entries == lines->entry_room) {
        size_t room = 2 * (size_t)lines->entry_room + 256;
        LEAD_TRY(grow(&lines->index, room, sizeof(int)));
        LEAD_TRY(grow(&lines->value, room, sizeof(double)));
        lines->entry_room = (CoinBigIndex)room;
    }
    lines->index[lines->entries] = index;
    lines->value[lines->entries++] = value;
    lines->start[lines->count] = lines->entries;
    return LEAD_OK;
}

lead_status lead_clp_add_rows(lead_clp_lines *lines, Clp_Simplex **clp) {
    if (lines->count > 0)
        LEAD_TRY(clpc_add_rows(clp, lines->count, lines->lower, lines->upper, lines->start,
                               lines->index, lines->value));
    lines->count = 0;
    lines->entries = 0;
    return LEAD_OK;
}

lead_status lead_clp_add_columns(lead_clp_lines *lines, Clp_Simplex **clp) {
    if (lines->count > 0)
        LEAD_TRY(clpc_add_columns(clp, lines->count, lines->lower, lines->upper, lines->cost,
                                  lines->start, lines->index, lines->value));
    lines->count = 0;
    lines->entries = 0;
    return LEAD_OK;
}

void lead_clp_lines_free(lead_clp_lines *lines) {
    free(lines->start);
    free(lines->lower);
    free(lines->upper);
    free(lines->cost);
    free(lines->index);
    free(lines->value);
    *lines = (lead_clp_lines){0};
}
