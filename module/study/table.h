/* table: the rows of a study, in memory and as runs.csv. */
#ifndef LEAD_STUDY_TABLE_H
#define LEAD_STUDY_TABLE_H

#include <lead/study.h>

/* A path below the study's folder: "%s/runs/%s" of it. LEAD_INVALID for one that is too long. */
lead_status lead_study_path(const lead_study *study, char path[4096], const char *format, ...)
    LEAD_PRINTF(3, 4);

/* A table without rows; the folder's path is copied. */
lead_status lead_study_alloc(const char *folder, lead_study **out);
/* One more row; its texts are copied, same_as is found. LEAD_INVALID for a text that a line of CSV
 * cannot hold and for more rows than there may be. O(rows). */
lead_status lead_study_add(lead_study *study, const lead_study_row *row);
/* runs.csv, whole or not at all; one that says the same already stays. */
lead_status lead_study_write(const lead_study *study);

/* The folder of a row's run, "OUT/runs/KEY", and its policy's epochs.csv; paths of 4096 bytes. */
lead_status lead_study_run_folder(const lead_study *study, int row, char *path);
lead_status lead_study_epochs_file(const lead_study *study, int row, char *path);
lead_status lead_study_scenario_file(const lead_study *study, int row, char *path);
/* The file that says that a row came to its end. */
lead_status lead_study_done_file(const lead_study *study, int row, char *path);

/* Whether a name in the folder of a row's run is one of ours, so that no policy can have it. */
bool lead_study_owns(const char *name);

#endif
