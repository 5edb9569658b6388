/* The commands of the program `lead`, one file each. */
#ifndef LEAD_CLI_H
#define LEAD_CLI_H

#include "cli/help/table.h"
#include <lead/formats.h>
#include <lead/scenario.h>

/* A command: parses its arguments (argv[0] is its name), does its work, prints to standard output.
 */
lead_status lead_cli_run(int argc, char **argv);
lead_status lead_cli_run_policy(int argc, char **argv);
lead_status lead_cli_new(int argc, char **argv);
lead_status lead_cli_evaluate(int argc, char **argv);
lead_status lead_cli_compare(int argc, char **argv);
lead_status lead_cli_report(int argc, char **argv);
lead_status lead_cli_te(int argc, char **argv);
lead_status lead_cli_convert(int argc, char **argv);
lead_status lead_cli_test(int argc, char **argv);
lead_status lead_cli_validate(int argc, char **argv);
lead_status lead_cli_check(int argc, char **argv);
lead_status lead_cli_traffic(int argc, char **argv);
lead_status lead_cli_explain(int argc, char **argv);
lead_status lead_cli_scenario(int argc, char **argv);
lead_status lead_cli_info(int argc, char **argv);
lead_status lead_cli_help(int argc, char **argv);
lead_status lead_cli_version(int argc, char **argv);
lead_status lead_cli_whatif(int argc, char **argv);
lead_status lead_cli_whatif_row(int argc, char **argv);

/* The values of an option that may be given several times, in that order; borrowed from argv. */
typedef struct lead_cli_list {
    const char **values; /* room for argc of them */
    int count;
} lead_cli_list;

/* Where the value of an option goes: one of the three pointers is set. What it is says its row in
 * the table of commands (cli/help/table.h). */
typedef struct lead_cli_option {
    const char *name;    /* without dashes */
    const char **value;  /* set to the argument */
    bool *flag;          /* set to true */
    lead_cli_list *list; /* gets one more value */
} lead_cli_option;

/* Takes the options out of argv (argv[0] is the command's name) by getopt_long, so that beginnings
 * of a name that fit one only are understood, and leaves the rest in order: *rest points to
 * `*rest_count` arguments. "--name=VALUE" is understood; "--" ends the options. `options` has a
 * place for each row of the command. LEAD_INVALID for an unknown option, a missing value or one
 * that the row does not let be. */
lead_status lead_cli_parse(int argc, char **argv, const lead_cli_option *options, int option_count,
                           char ***rest, int *rest_count);

/* The options by which a command takes a scenario otherwise than its file has it: --set PATH=VALUE
 * and --event "kind: ..., ..." (many), --engine NAME, --policy NAME,NAME. */
typedef struct lead_cli_overrides {
    lead_cli_list sets, events;
    const char *engine, *policies;
    char engine_set[80]; /* "engine=NAME" */
    lead_overrides all;
} lead_cli_overrides;

/* Room for as many as argc tells. */
lead_status lead_cli_overrides_alloc(int argc, lead_cli_overrides *overrides);
void lead_cli_overrides_free(lead_cli_overrides *overrides);
/* What was parsed, borrowed from it. */
const lead_overrides *lead_cli_overrides_of(lead_cli_overrides *overrides);

/* A time of an option, "2004-07-20T00:00:00Z"; unchanged when `text` is NULL. */
lead_status lead_cli_time(const char *name, const char *text, int64_t *seconds);

/* How far TMs without times are apart, "5 min", in s; 0 when `text` is NULL. */
lead_status lead_cli_step(const char *text, double *step);
/* A unit of an option, "Mbit/s", in bit/s; 0 when `text` is NULL. */
lead_status lead_cli_unit(const char *name, const char *text, double *unit);

/* How to read a network by the options --capacity, --topology-unit and --directions (both,
 * one-way), each NULL where it is not given. */
lead_status lead_cli_topology(const char *capacity, const char *unit, const char *directions,
                              lead_topology_reading *reading);

/* The number of an option whose row says its range; unchanged when `text` is NULL. */
void lead_cli_number(const char *text, double *value);

/* A whole number of an option within least..most where only the files tell them; unchanged when
 * `text` is NULL. */
lead_status lead_cli_whole(const char *name, const char *text, double least, double most,
                           double *value);

/* The cores that this process, and those it starts, are to use: --threads. NULL: nothing is done.
 */
lead_status lead_cli_threads(const char *text);

/* A line on standard error that says how far a work is: on a terminal it is rewritten ten times a
 * second, elsewhere printed at every tenth. */
typedef struct lead_cli_progress {
    const char *what; /* is counted: "epochs" */
    double printed;   /* the rest is its own, and 0 */
    long tenth;
    bool begun;
} lead_cli_progress;

/* `data` is a lead_cli_progress. */
void lead_cli_progress_show(long done, long all, double seconds, void *data);
/* Takes the line away where the work ended before its end. */
void lead_cli_progress_end(const lead_cli_progress *self);
/* "12 s", "2:05 min". */
void lead_cli_seconds(double seconds, char text[16]);

/* The most memory that the program has had, in bytes; 0 where the system does not say. (getrusage
 * would count that of the process which started this one, too.) */
double lead_cli_peak_memory(void);

#endif
