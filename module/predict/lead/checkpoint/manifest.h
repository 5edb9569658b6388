/* manifest: what a LEAD checkpoint says of itself (manifest.json) and its constants
 * (scaling.json). */
#ifndef LEAD_PREDICT_LEAD_CHECKPOINT_MANIFEST_H
#define LEAD_PREDICT_LEAD_CHECKPOINT_MANIFEST_H

#include <lead/base.h>

#define LEAD_MANIFEST_VERSION 3
#define LEAD_MANIFEST_LIMIT (4u << 20)  /* bytes of a manifest.json */
#define LEAD_SCALING_LIMIT (256u << 20) /* bytes of a scaling.json */
#define LEAD_BANK_LIMIT (1u << 30)      /* bytes of a bank */
#define LEAD_FEATURES 9                 /* features of a frame, see tm_image.h */

/* The files of a checkpoint; the order is that of `files` below. The first ones are modules. */
typedef enum lead_component {
    LEAD_COMPONENT_BASE,
    LEAD_COMPONENT_ENCODER,
    LEAD_COMPONENT_CONDITIONER,
    LEAD_COMPONENT_DENOISER,
    LEAD_COMPONENT_SCALING,
    LEAD_COMPONENT_BANK,
    LEAD_COMPONENT_COUNT
} lead_component;

/* Whole numbers that a manifest lists. */
typedef struct lead_list {
    int *values;
    int count;
} lead_list;

/* Which spans of the past a window knows, whatever its step, see window/spans.h. */
typedef struct lead_span_rule {
    lead_list days;   /* whose time of day around the targets is looked at */
    int block;        /* targets whose values of such a day are averaged */
    lead_list levels; /* hours of the means */
    lead_list bursts; /* hours of the quadratic means */
} lead_span_rule;

/* Constants of tm_image.h, normal_score.h and paths.h. */
typedef struct lead_scaling {
    double *share;       /* [p = source * n + destination] of an OD pair in the total, > 0 off the
                            diagonal; none of a model for any network, which measures it */
    double *knots;       /* [K] normal scores of the quantiles' levels, rising */
    double *loads;       /* [B - 1] bit/s, rising: they part the window's level into B ranges */
    double *calibration; /* [B][H][2] shift and stretch of the normal scores */
    int8_t *bank;        /* [W][H][Q] normal scores of the past, in 1/40 */
} lead_scaling;

/* How the diffusion was trained and is sampled, see probability_flow.h. */
typedef struct lead_schedule {
    int training_steps;
    int sampling_steps; /* unless told otherwise; 0: no denoiser, samples are paths of the past */
    double offset;
    bool ddim; /* the sampler's steps are DDIM's; else Euler's */
} lead_schedule;

typedef struct lead_manifest {
    char data[64];                 /* the name of what it was trained on; "": not told */
    int node_count;                /* 0: any network's */
    char **nodes;                  /* names in the order of rows and columns */
    int64_t step;                  /* seconds between TMs; 0: any */
    int64_t seen_from, seen_until; /* times of the TMs that it was trained and chosen on, the end
                                      left out; equal: not told */
    int history;                   /* past TMs */
    lead_list
        day_offsets; /* frames of yesterday: steps from the first target's time of day, rising */
    lead_span_rule spans;
    int horizon;               /* steps that are generated */
    int token, condition, map; /* widths of what the components hand on */
    int knots;                 /* K, quantiles of the base forecast */
    int loads;                 /* B - 1, bounds of the calibration's ranges of load */
    int bank;                  /* W, windows of the past */
    int bank_pairs;            /* Q, paths of each; 0: one of every OD pair */
    double smooth;             /* how far the bank is smoothed over its steps, see paths.h */
    lead_schedule schedule;
    lead_scaling scaling;
    struct {
        char *name; /* NULL: a checkpoint without a denoiser has no such file */
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
/* Fills manifest->scaling.bank from the bytes of a bank; LEAD_FORMAT when their number is not that
 * of the manifest's windows, steps and nodes. */
lead_status lead_manifest_take_bank(lead_manifest *manifest, const char *bytes, size_t length,
                                    const char *file);
/* Reads folder/manifest.json, checks every file's SHA-256 (LEAD_FORMAT on a mismatch) and reads the
 * scaling and the bank. */
lead_status lead_manifest_load(const char *folder, lead_manifest **out);
void lead_manifest_free(lead_manifest *manifest);

/* "folder/name" in a new string. */
lead_status lead_manifest_path(const char *folder, const char *name, char **path);

#endif
