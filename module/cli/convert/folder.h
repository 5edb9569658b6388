/* Folders of DOTE and FIGRET, written by `lead convert`. */
#ifndef LEAD_CLI_CONVERT_FOLDER_H
#define LEAD_CLI_CONVERT_FOLDER_H

#include "cli/cli.h"

/* The options that they need; NULL where one is not given. */
typedef struct lead_cli_dote {
    const char *train; /* NULL: no such folder is asked for */
    const char *paths, *path_choice, *tunnels;
} lead_cli_dote;

/* LEAD_INVALID for options that say nothing together. `topology`: that of --topology. */
lead_status lead_cli_check_dote(const lead_cli_dote *options, const char *topology);
/* Finds the paths, solves for every TM's optimum over them, writes the folder and says so. */
lead_status lead_cli_write_dote(const lead_cli_dote *options, const lead_topology *topology,
                                const lead_tm_series *series, const char *folder);

#endif
