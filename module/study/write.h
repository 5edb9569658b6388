/* write: the files of what runs say. */
#ifndef LEAD_STUDY_WRITE_H
#define LEAD_STUDY_WRITE_H

#include <lead/study.h>

/* whatif.csv, periods.csv, links.csv, critical.csv (where nothing is critical it is removed) and
 * whatif.json, each whole or not at all. LEAD_IO, LEAD_MEMORY. */
lead_status lead_results_write(const lead_study *study, const lead_study_results *results);

#endif
