/* Where the files that a scenario names are. */
#ifndef LEAD_SCENARIO_FIND_H
#define LEAD_SCENARIO_FIND_H

#include <lead/scenario.h>

/* LEAD_IO unless `data` (the user's --data; NULL: none was named) is a folder. */
lead_status lead_find_check_folder(const char *data);
/* A checkpoint, folder or file: a path (with a '/') from the scenario's folder (NULL: from the
 * present one), or a name beside
 * the scenario, in $LEAD_MODELS or in one of the folders of shipped ones, found from liblead's own;
 * folders of that name without a manifest.json are passed. LEAD_IO with the places, and the nearest
 * name there is. */
lead_status lead_find_checkpoint(const char *scenario, const char *name, char **out);
/* A file that is made at build and installed under share/ns3-lead, found from liblead's own folder.
 * LEAD_IO with the places that were looked at. */
lead_status lead_find_shipped(const char *name, char **out);

#endif
