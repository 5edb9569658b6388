/* What `lead whatif` prints. */
#ifndef LEAD_CLI_STUDY_WHATIF_H
#define LEAD_CLI_STUDY_WHATIF_H

#include <lead/study.h>

typedef struct lead_whatif_view {
    int top;             /* variants a policy */
    lead_study_value by; /* what makes one worse */
} lead_whatif_view;

/* The worst variant of each policy, then the worst ones of each, on standard output. LEAD_MEMORY.
 */
lead_status lead_whatif_print(const lead_study *study, const lead_study_results *results,
                              const lead_whatif_view *view);
/* Where there is one variant besides the undisturbed run: a sentence a policy on what it does while
 * its events last, and a table of before, during and after; false, and nothing, elsewhere. */
bool lead_whatif_answer(const lead_study *study, const lead_study_results *results);
/* Demand limits, the most loaded links, what is critical, availability: what there is of them. */
void lead_whatif_print_more(const lead_study *study, const lead_study_results *results,
                            const lead_whatif_view *view);
/* LEAD_INVALID naming the rows that are missing, "3, 5-9"; LEAD_OK where none is. */
lead_status lead_whatif_check_missing(const lead_study *study, const lead_study_results *results);
/* Warnings of rows that failed, those of one reason together. */
void lead_whatif_say_failures(const lead_study *study, const lead_study_failure *failures,
                              int count);

#endif
