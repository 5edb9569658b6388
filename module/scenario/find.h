/* Where the files that a scenario names are. */
#ifndef LEAD_SCENARIO_FIND_H
#define LEAD_SCENARIO_FIND_H

#include <lead/base.h>

/* A file named in the scenario at `scenario`: absolute, beside it, in `data`, $LEAD_DATA or data/
 * beside it. LEAD_IO with the places that were looked at. */
lead_status lead_find_file(const char *scenario, const char *data, const char *name, char **out);
/* A checkpoint folder: a path (with a '/'), or a name in $LEAD_MODELS or one of the program's own
 * folders. */
lead_status lead_find_checkpoint(const char *scenario, const char *name, char **out);

#endif
