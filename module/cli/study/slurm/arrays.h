/* arrays: rows of a table as Slurm's job arrays. Slurm's limit is of an array's index, not of its
 * length, so that a row is its array's offset plus the task's index. */
#ifndef LEAD_CLI_STUDY_SLURM_ARRAYS_H
#define LEAD_CLI_STUDY_SLURM_ARRAYS_H

enum { LEAD_SLURM_INDICES = 2000 };

typedef struct lead_slurm_limits {
    int indices; /* MaxArraySize: every index is below it; at least 1 */
    int tasks;   /* most tasks of an array; at least 1 */
} lead_slurm_limits;

typedef struct lead_slurm_array {
    int offset;                       /* the row of index 0 */
    int count;                        /* rows */
    char indices[LEAD_SLURM_INDICES]; /* "0-4,7", for --array */
} lead_slurm_array;

/* An array of as many of the first rows[0..count) as one can have; count > 0, rows ascend. It has
 * one row at least. O(count). */
void lead_slurm_cut(const int *rows, int count, const lead_slurm_limits *limits,
                    lead_slurm_array *array);

#endif
