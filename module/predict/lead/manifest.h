/* manifest: what a LEAD checkpoint says of itself (manifest.json) and its constants
 * (scaling.json). */
#ifndef LEAD_PREDICT_LEAD_MANIFEST_H
#define LEAD_PREDICT_LEAD_MANIFEST_H

#include <lead/base.h>

#define LEAD_MANIFEST_VERSION 2
#define LEAD_MANIFEST_LIMIT (4u << 20)  /* bytes of a manifest.json */
#define LEAD_SCALING_LIMIT (256u << 20) /* bytes of a scaling.json */
#define LEAD_FEATURES 9                 /* features of a frame, see tm_image.h */

/* The files of a checkpoint; the order is that of `files` below. */
typedef enum lead_component {
    LEAD_COMPONENT_ENCODER,
    LEAD_COMPONENT_CONDITIONER,
    LEAD_COMPONENT_BASE,
    LEAD_COMPONENT_DENOISER,
    LEAD_COMPONENT_SCALING,
    LEAD_COMPONENT_COUNT
} lead_component;

/* Constants of tm_image.h and normal_score.h. */
typedef struct lead_scaling {
    double *share;       /* [p = source * n + destination] of an OD pair in the total, > 0 off the
                            diagonal */
    double *knots;       /* [K] normal scores of the quantiles' levels, rising */
    double *mixing;      /* [H][H] of the steps, lower triangular */
    double *loads;       /* [B - 1] bit/s, rising: they part the window's level into B ranges */
    double *calibration; /* [B][H][2] shift and stretch of the normal scores */
} lead_scaling;

/* How the diffusion was trained and is sampled, see probability_flow.h. */
typedef struct lead_schedule {
    int training_steps;
    int sampling_steps; /* unless told otherwise */
    double offset;
    bool ddim; /* the sampler's steps are DDIM's; else Euler's */
} lead_schedule;

typedef struct lead_manifest {
    char data[64]; /* the name of what it was trained on; "": not told */
    int node_count;
    char **nodes;                  /* names in the order of rows and columns */
    int64_t step;                  /* seconds between TMs */
    int64_t seen_from, seen_until; /* times of the TMs that it was trained and chosen on, the end
                                      left out; equal: not told */
    int history;                   /* past TMs */
    int day_count;                 /* frames of yesterday */
    int *day_lags;                 /* [day_count], steps before the newest frame, falling */
    int horizon;                   /* steps that the denoiser generates */
    int token, condition, map;     /* widths of what the components hand on */
    int knots;                     /* K, quantiles of the base forecast */
    int loads;                     /* B - 1, bounds of the calibration's ranges of load */
    lead_schedule schedule;
    lead_scaling scaling;
    struct {
        char *name;
        char sha256[65];
    } files[LEAD_COMPONENT_COUNT];
} lead_manifest;

/* Parses a manifest.json's text; `file` is its name for messages. LEAD_FORMAT with file and key for
 * what is missing, of the wrong type or out of bounds. The scaling is not filled. */
lead_status lead_manifest_parse(const char *text, size_t length, const char *file,
                                lead_manifest **out);
/* Fills manifest->scaling from a scaling.json's text; same failures. */
lead_status lead_manifest_parse_scaling(lead_manifest *manifest, const char *text, size_t length,
                                        const char *file);
/* Reads folder/manifest.json, checks every file's SHA-256 (LEAD_FORMAT on a mismatch) and reads the
 * scaling. */
lead_status lead_manifest_load(const char *folder, lead_manifest **out);
void lead_manifest_free(lead_manifest *manifest);

/* "folder/name" in a new string. */
lead_status lead_manifest_path(const char *folder, const char *name, char **path);

#endif
