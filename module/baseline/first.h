/* What changed first between two runs of a policy, by their rows. */
#ifndef LEAD_BASELINE_FIRST_H
#define LEAD_BASELINE_FIRST_H

#include <lead/base.h>

/* Compares the texts of two epochs.csv, and of two links.csv: lines for people that name the first
 * epoch that differs, what was decided before it, and the link whose utilisation changed most in
 * it. *out is NULL where no row differs; freed with free(). O(length). */
lead_status lead_first_change(const char *epochs_before, const char *epochs_after,
                              const char *links_before, const char *links_after, char **out);

#endif
