/* Stretches made ready to be drawn from: pairs with a missing value go, block lengths are found. */
#include "base/expects.h"
#include "compare/bootstrap.h"
#include <math.h>
#include <stdlib.h>

static bool is_whole(const lead_compare_stretch *stretch, int epoch) {
    for (int s = 0; s < stretch->seeds; s++) {
        int at = s * stretch->epochs + epoch;
        if (!isfinite(stretch->a[at]) || !isfinite(stretch->b[at]))
            return false;
    }
    return true;
}

static lead_status make_room(const lead_compare_stretch *stretch, lead_compare_piece *piece) {
    size_t n = (size_t)stretch->epochs, values = n * (size_t)stretch->seeds;
    piece->seeds = stretch->seeds;
    for (int side = 0; side < 2; side++) {
        LEAD_TRY(lead_calloc(values, sizeof(double), &piece->values[side]));
        LEAD_TRY(lead_calloc(values, sizeof(uint32_t), &piece->ranks[side]));
    }
    LEAD_TRY(lead_calloc(n, sizeof(double), &piece->mean));
    LEAD_TRY(lead_calloc(n, sizeof(int), &piece->drawn));
    return lead_calloc(n, sizeof(double), &piece->drawn_mean);
}

static void take_pairs(const lead_compare_stretch *stretch, lead_compare_piece *piece) {
    for (int i = 0; i < stretch->epochs; i++) {
        if (!is_whole(stretch, i))
            continue;
        double sum = 0;
        for (int s = 0; s < stretch->seeds; s++) {
            double a = stretch->a[s * stretch->epochs + i], b = stretch->b[s * stretch->epochs + i];
            piece->values[0][piece->count * stretch->seeds + s] = a;
            piece->values[1][piece->count * stretch->seeds + s] = b;
            sum += b - a;
        }
        piece->mean[piece->count++] = sum / stretch->seeds;
    }
}

/* Of the paired differences for a mean; for a quantile of each side, the longest. */
static lead_status find_block(lead_compare_piece *piece, lead_compare_statistic statistic) {
    if (statistic == LEAD_COMPARE_MEAN)
        return lead_compare_block_length(piece->mean, piece->count, &piece->block);
    for (int side = 0; side < 2; side++)
        for (int s = 0; s < piece->seeds; s++) {
            double length;
            for (int i = 0; i < piece->count; i++)
                piece->drawn_mean[i] = piece->values[side][i * piece->seeds + s];
            LEAD_TRY(lead_compare_block_length(piece->drawn_mean, piece->count, &length));
            piece->block = fmax(piece->block, length);
        }
    return LEAD_OK;
}

/* The place of a value in sorted[count], which holds it. */
static uint32_t rank_of(double value, const double *sorted, int count) {
    int low = 0, high = count - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (sorted[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static lead_status rank(lead_compare_pieces *pieces, int side) {
    int at = 0;
    LEAD_TRY(lead_calloc((size_t)pieces->values, sizeof(double), &pieces->sorted[side]));
    LEAD_TRY(lead_calloc((size_t)pieces->values, sizeof(uint32_t), &pieces->drawn[side]));
    for (int k = 0; k < pieces->count; k++)
        for (int i = 0; i < pieces->pieces[k].count * pieces->pieces[k].seeds; i++)
            pieces->sorted[side][at++] = pieces->pieces[k].values[side][i];
    lead_sort(pieces->sorted[side], (size_t)at);
    for (int k = 0; k < pieces->count; k++)
        for (int i = 0; i < pieces->pieces[k].count * pieces->pieces[k].seeds; i++)
            pieces->pieces[k].ranks[side][i] =
                rank_of(pieces->pieces[k].values[side][i], pieces->sorted[side], at);
    return LEAD_OK;
}

static void free_piece(lead_compare_piece *piece) {
    for (int side = 0; side < 2; side++) {
        free(piece->values[side]);
        free(piece->ranks[side]);
    }
    free(piece->mean);
    free(piece->drawn);
    free(piece->drawn_mean);
    *piece = (lead_compare_piece){0};
}

static lead_status fill(const lead_compare_stretch *stretches, int count,
                        lead_compare_statistic statistic, lead_compare_pieces *out) {
    LEAD_TRY(lead_calloc((size_t)count, sizeof *out->pieces, &out->pieces));
    for (int k = 0; k < count; k++) {
        lead_compare_piece *piece = &out->pieces[out->count++];
        LEAD_TRY(make_room(&stretches[k], piece));
        take_pairs(&stretches[k], piece);
        if (piece->count == 0) {
            free_piece(piece);
            out->count--;
            continue;
        }
        LEAD_TRY(find_block(piece, statistic));
        out->epochs += piece->count;
        out->values += piece->count * piece->seeds;
    }
    for (int side = 0; side < 2; side++)
        LEAD_TRY(rank(out, side));
    return LEAD_OK;
}

lead_status lead_compare_pieces_alloc(const lead_compare_stretch *stretches, int count,
                                      lead_compare_statistic statistic, lead_compare_pieces *out) {
    LEAD_EXPECTS(stretches && out);
    *out = (lead_compare_pieces){0};
    lead_status status = fill(stretches, count, statistic, out);
    if (status != LEAD_OK)
        lead_compare_pieces_clear(out);
    return status;
}

void lead_compare_pieces_clear(lead_compare_pieces *pieces) {
    for (int k = 0; k < pieces->count; k++)
        free_piece(&pieces->pieces[k]);
    for (int side = 0; side < 2; side++) {
        free(pieces->sorted[side]);
        free(pieces->drawn[side]);
    }
    free(pieces->pieces);
    *pieces = (lead_compare_pieces){0};
}
