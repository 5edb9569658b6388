/* draft: a first scenario, or a first training configuration, for a network and TMs that a user
 * has. What is not stated is found or guessed, and every guess is a note: it is said on the
 * terminal, and stands in the scenario as a comment beside the key that it decides. */
#ifndef LEAD_CLI_NEW_DRAFT_H
#define LEAD_CLI_NEW_DRAFT_H

#include <lead/run.h>

/* Beside which key of a scenario a note stands. */
typedef enum lead_cli_place {
    LEAD_CLI_AT_TOPOLOGY,
    LEAD_CLI_AT_TRAFFIC,
    LEAD_CLI_AT_LOAD,
    LEAD_CLI_AT_TIME,
    LEAD_CLI_AT_POLICIES,
    LEAD_CLI_AT_ENGINE,
    LEAD_CLI_AT_MODEL /* of the training configuration */
} lead_cli_place;

enum { LEAD_CLI_NOTES = 24, LEAD_CLI_NOTE_LENGTH = 600 };
enum { LEAD_CLI_NEW_PATHS = 6 }; /* that plans over samples split a pair over */

typedef struct lead_cli_note {
    lead_cli_place place;
    char text[LEAD_CLI_NOTE_LENGTH];
} lead_cli_note;

/* What the user typed; NULL where nothing. */
typedef struct lead_cli_wishes {
    const char *topology, *tm, *out, *capacity, *unit, *topology_unit, *directions, *step, *load;
} lead_cli_wishes;

typedef struct lead_cli_draft {
    lead_cli_wishes wishes;
    bool model;                           /* a training configuration, no scenario */
    char out[4200], name[101], stem[101]; /* the file to write; its name, and the network's */
    char *topology_path, *tm_path;        /* as found */
    char *topology_file, *tm_file;        /* as the file to write names them */
    char *suspect_file;                   /* times of TMs to leave out; NULL: none */
    lead_topology_reading reading;
    lead_topology *topology;
    lead_tm_series *series;     /* NULL: synthetic traffic */
    char unit[60];              /* of the TM file; "": it states one */
    double unit_bps;            /* what that is; 0: not known here */
    int64_t step;               /* s */
    int64_t start;              /* of the first epoch */
    int first, epochs, history; /* index of the first epoch; epochs; TMs before them */
    double optimum;             /* the best routing's MLU in the busiest epoch; 0: not known */
    double load;                /* what the demands are scaled to; 0: not scaled */
    double simulated, rate_scale;
    const char *engine;
    bool reactive, hedged;   /* whether there are TMs enough: for any that plans, for this one */
    const char *forecast;    /* the predictor of the last policy that forecasts; NULL: none */
    char checkpoint[256];    /* of `lead` */
    double plan_limit;       /* s, of a plan over samples; 0: none */
    const char *path_choice; /* of a plan over samples; NULL: the default */
    lead_cli_note notes[LEAD_CLI_NOTES];
    int note_count;
} lead_cli_draft;

/* Adds a note; more than there is room for, or longer ones, are cut. */
void lead_cli_note_add(lead_cli_draft *draft, lead_cli_place place, const char *format, ...)
    LEAD_PRINTF(3, 4);
/* Prints all notes on standard output, in lines of 80 columns. */
lead_status lead_cli_notes_print(const lead_cli_draft *draft);
/* Writes the notes of a place as YAML comments, each line behind `indent` blanks. */
void lead_cli_notes_write(const lead_cli_draft *draft, lead_cli_place place, int indent,
                          lead_file_writer *writer);

/* Writes a text as a YAML value: as it is where that is safe, else quoted. LEAD_INVALID for one
 * that is not UTF-8. */
lead_status lead_cli_yaml_check(const char *text);
void lead_cli_yaml_write(lead_file_writer *writer, const char *text);

/* A path of the current folder as a file in `beside` names it: relative to its folder. New text in
 * *out. LEAD_IO for a folder or file that is not there. */
lead_status lead_cli_relative(const char *path, const char *beside, char **out);

/* A file where the user is, else one that scenarios find in $LEAD_DATA by its name: its *path, and
 * how the draft names it, new texts. LEAD_IO, LEAD_INVALID. */
lead_status lead_cli_find_input(const char *name, const char *out, char **path, char **file);

/* Each of these fills its part of the draft, in this order. */
lead_status lead_cli_draft_topology(lead_cli_draft *draft);
lead_status lead_cli_draft_traffic(lead_cli_draft *draft);
lead_status
lead_cli_draft_names(lead_cli_draft *draft); /* of draft_traffic: nodes that both have */
lead_status lead_cli_draft_load(lead_cli_draft *draft);
lead_status lead_cli_draft_policies(lead_cli_draft *draft);
lead_status lead_cli_draft_paths(lead_cli_draft *draft);
lead_status lead_cli_draft_pace(lead_cli_draft *draft);

/* Writes the scenario, or the configuration of `models.train`, whole or not at all. */
lead_status lead_cli_draft_write(const lead_cli_draft *draft);
lead_status lead_cli_draft_write_training(lead_cli_draft *draft);

#endif
