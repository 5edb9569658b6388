/* studies: the built-in ones, which make variants of a scenario's network and numbers. */
#ifndef LEAD_STUDY_VARIANTS_STUDIES_H
#define LEAD_STUDY_VARIANTS_STUDIES_H

#include "study/variants/variants.h"

/* Adds the variants of the studies that are asked for; `scenario` is the undisturbed one, and
 * variants->list[0]. LEAD_INVALID for a value that is none, and for a study that the scenario has
 * nothing for. */
lead_status lead_studies_expand(const lead_study_request *request, const lead_scenario *scenario,
                                lead_variants *variants);

/* The variant again on another engine, compared with the undisturbed run on that one, which is
 * added where it is not there. */
lead_status lead_studies_repeat(lead_variants *variants, int variant, const lead_scenario *scenario,
                                const char *engine);

/* Whether a variant is one that lead_studies_repeat may choose among: a double failure. */
bool lead_studies_is_double(const lead_variant *variant);

#endif
