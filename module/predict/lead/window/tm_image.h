/* tm_image: from past TMs to what LEAD's networks see, and from multiples of each OD pair's scale
 * back to bit/s. The twin of models/lead/tm_image.py, number by number.
 *
 * A window has F = D + L frames in time order: D of yesterday around the target's time, then the L
 * last ones. Every quantity is homogeneous of degree 0 or 1 in the TMs, so that forecasts are
 * equivariant to a common factor:
 *
 *     level    = mean total of the L last frames (1 bit/s when all are empty)
 *     scale    = max(share * level, mean of the OD pair over the L last frames)
 *     relative = x / scale
 *     image    = asinh(relative), its first and its second difference within yesterday and within
 *                the last frames
 *
 *     spans    = the values of the manifest's spans over the scale (spans.h)
 *     size     = scale / level
 *
 * Frames that are missing: of the L last ones the nearest earlier one of them stands in, else the
 * nearest later; of yesterday the newest frame. A feature tells which are real. In the place of a
 * span that is not known stands the mean of the L last frames. */
#ifndef LEAD_PREDICT_LEAD_WINDOW_TM_IMAGE_H
#define LEAD_PREDICT_LEAD_WINDOW_TM_IMAGE_H

#include "predict/lead/checkpoint/manifest.h"
#include "predict/lead/window/spans.h"

#include <lead/net.h>

/* The room of one window, reused from forecast to forecast. n nodes, p = n * n, F frames. */
typedef struct lead_window {
    const lead_manifest *manifest; /* borrowed */
    int frame_count;               /* F */
    int day_count;                 /* D */
    int *day_lags;                 /* [D] steps before the newest frame, falling */
    int span_count;                /* G */
    lead_span *spans_read;         /* [G] */
    int *order;                    /* [n] the history's node of each of the manifest's */
    double *share;                 /* [p] of an OD pair in the total: the manifest's, or measured */
    double *frames;                /* [F][p] bit/s, in the manifest's order of nodes, diagonal 0 */
    double *present;               /* [F] 1 or 0 */
    double level;                  /* bit/s */
    double *scale;                 /* [p] bit/s */
    float *images;                 /* [F][3][p] */
    float *features;               /* [F + 1][LEAD_FEATURES] */
    float *relative;               /* [F][p] */
    double *far;                   /* [p] one span, in the history's order of nodes */
    float *spans;                  /* [G][p] over the scale */
    float *known;                  /* [G] 1 or 0 */
    float *size;                   /* [p] */
} lead_window;

/* A window for the manifest's number of nodes and step. LEAD_INVALID when TMs so far apart have no
 * frames of yesterday. */
lead_status lead_window_alloc(const lead_manifest *manifest, lead_window **out);
void lead_window_free(lead_window *window);

/* Fills everything from history[0..now]; a model for any network measures the shares over the last
 * week there. LEAD_INVALID when the history's node names (when it has
 * any) are not the manifest's; their order may differ. O((F + the spans' lengths) p). */
lead_status lead_window_fill(lead_window *window, const lead_tm_series *history, int now);

/* tm[n*n] in bit/s and in the history's order of nodes from relative values [p] in the manifest's;
 * no entry above twice the level, diagonal 0. */
void lead_window_restore(const lead_window *window, const double *relative, double *tm);

#endif
