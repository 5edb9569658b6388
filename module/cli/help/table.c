/* The commands; see table.h. A new option is a row here, and its place in the command's file. */
#include "cli/help/table.h"
#include <lead/formats.h>
#include <math.h>
#include <string.h>

/* --- rows of several commands ----------------------------------------------------------------- */

#define TEXT LEAD_CLI_TEXT, 0, 0, "", false, NULL
#define TEXTS LEAD_CLI_TEXT, 0, 0, "", true, NULL
#define FILE_NAME LEAD_CLI_FILE, 0, 0, "", false, NULL
#define FLAG NULL, LEAD_CLI_FLAG, 0, 0, "", false, NULL, NULL
#define WHOLE(least, most) LEAD_CLI_WHOLE, least, most, "", false, NULL
#define REAL(least, most) LEAD_CLI_REAL, least, most, "", false, NULL
#define WORD(words) LEAD_CLI_WORD, 0, 0, words, false, NULL
#define NAME(kind) LEAD_CLI_##kind, 0, 0, "", false, NULL

#define DATA                                                                                       \
    {                                                                                              \
        "data", "DIR", LEAD_CLI_FOLDER, 0, 0, "", false, NULL, "$LEAD_DATA",                       \
            "a folder with the files that the scenario names"                                      \
    }
#define JOBS(what)                                                                                 \
    { "jobs", "N", WHOLE(1, 1024), "as many as there are cores", what " that run side by side" }
#define THREADS                                                                                    \
    {                                                                                              \
        "threads", "N", WHOLE(1, 1024), "what Slurm gave, or all cores",                           \
            "cores that all of it together may use"                                                \
    }
#define ENGINE                                                                                     \
    {                                                                                              \
        "engine", "NAME", NAME(ENGINE), "the scenario's",                                          \
            "what passes the time: ns3 (packets) or fluid (loads, thousands of epochs a second)"   \
    }
#define POLICIES                                                                                   \
    { "policy", "NAME,NAME", NAME(POLICY), "all", "only these policies of the scenario" }
#define SET                                                                                        \
    {                                                                                              \
        "set", "PATH=VALUE", TEXTS, NULL,                                                          \
            "another value of a key, as --set policies.lead.te.moved_cost=0.1"                     \
    }
#define EVENT                                                                                      \
    {                                                                                              \
        "event", "'KEY: VALUE, ...'", TEXTS, NULL,                                                 \
            "one more event, as --event 'kind: link-failure, link: DNVRng-KSCYng, at: 12:00'"      \
    }
#define CAPACITY                                                                                   \
    {                                                                                              \
        "capacity", "RATE", TEXT, "such a link is an error",                                       \
            "of links that state none, as '10 Gbit/s'"                                             \
    }
#define UNIT(of)                                                                                   \
    { "unit", "UNIT", TEXT, "the format's own", "what 1 means in " of ", as Mbit/s" }
#define STEP                                                                                       \
    {                                                                                              \
        "step", "TIME", TEXT, "the file's own",                                                    \
            "how far the TMs of a .hist file are apart, as '5 min'"                                \
    }
#define TOPOLOGY_UNIT                                                                              \
    {                                                                                              \
        "topology-unit", "UNIT", TEXT, "the format's own",                                         \
            "what 1 means in the network's capacities, as Gbit/s"                                  \
    }
#define DIRECTIONS                                                                                 \
    {                                                                                              \
        "directions", "WORD", WORD("both, one-way"), "as the file says",                           \
            "both: an edge of the file is a cable of both directions; one-way: one directed link"  \
    }
#define SEED(of)                                                                                   \
    { "seed", "N", WHOLE(0, 9e15), "1", of }
#define JSON(what)                                                                                 \
    { "json", "FILE", FILE_NAME, NULL, what " as JSON, too" }

/* --- the rows of each ------------------------------------------------------------------------- */

static const lead_cli_row run_rows[] = {
    {"out", "DIR", LEAD_CLI_FOLDER, 0, 0, "", false, NULL, "out/NAME", "where the results go"},
    DATA,
    JOBS("policies"),
    THREADS,
    ENGINE,
    POLICIES,
    SET,
    EVENT};

static const lead_cli_row validate_rows[] = {DATA, ENGINE, POLICIES, SET, EVENT};

static const lead_cli_row whatif_rows[] = {
    {"out", "DIR", LEAD_CLI_FOLDER, 0, 0, "", false, NULL, "out/NAME-whatif",
     "where the table and its runs go"},
    DATA,
    JOBS("rows"),
    THREADS,
    ENGINE,
    POLICIES,
    SET,
    EVENT,
    {"seeds", "N", WHOLE(1, 10000), "1", "every row by so many seeds, from the scenario's on"},
    {"worst", "K", WHOLE(0, 10000), "0",
     "of --double-link-failures, run the K worst pairs again on ns-3"},
    {"at", "WHEN", TEXT, "epoch 1", "when a study's events begin: an epoch, or a time of day"},
    {"for", "TIME", TEXT, "to the end", "how long they last, as '1 h'"},
    {"demand-limit", FLAG, "search the factor on all demands with which links are just full"},
    {"within", "%", REAL(0, 100), "5",
     "variants this near to a link's largest utilisation are named"},
    {"plan", FLAG, "only write the table; rows are then run by --row, anywhere"},
    {"row", "K", WHOLE(1, 1e6), "all", "run this row of the table only"},
    {"gather", FLAG, "read what is there, and run nothing"},
    {"clean", FLAG, "remove the runs of earlier tables from the folder"},
    {"top", "N", WHOLE(0, 1e6), "5", "variants shown of each policy, the worst first"},
    {"by", "COLUMN", NAME(VALUE), "mlu_mean", "the column of whatif.csv that makes one worse"},
    {"slurm", FLAG, "print job arrays of Slurm for the rows that are not done"},
    {"submit", FLAG, "submit them (with --slurm)"},
    {"sbatch", "OPTION", TEXTS, NULL, "an option for sbatch, as --sbatch=--time=2:00:00"},
    {"tasks", "N", WHOLE(1, 1e6), "what Slurm takes", "tasks of the table in the queue at once"}};

static const lead_cli_row test_rows[] = {
    {"update", FLAG, "accept the results as the new baseline"},
    {"junit", "FILE", FILE_NAME, NULL, "the verdicts as JUnit XML, for CI"},
    {"out", "DIR", LEAD_CLI_FOLDER, 0, 0, "", false, NULL, "out/test", "where the runs go"},
    DATA,
    JOBS("policies"),
    ENGINE,
    SET,
    EVENT};

static const lead_cli_row compare_rows[] = {
    {"policy", "NAME", LEAD_CLI_POLICY, 0, 0, "", true, NULL, "all that both have",
     "of two runs: which policies; of one run: A, then those that are compared with it"},
    {"metric", "NAME", LEAD_CLI_METRIC, 0, 0, "", true, NULL, "all", "only these metrics"},
    {"effect", "%", REAL(0, 100), "0.5", "less than this is no difference"},
    {"confidence", "%", REAL(50.1, 99.99), "95", "of all verdicts together"},
    SEED("of the bootstrap"),
    JSON("the table")};

static const lead_cli_row report_rows[] = {
    {"out", "FILE", FILE_NAME, "RUN/report.html", "the page to write"}};

static const lead_cli_row evaluate_rows[] = {
    {"predictor", "NAME[:CHECKPOINT][,KEY=VALUE]", LEAD_CLI_PREDICTOR, 0, 0, "", true, NULL, NULL,
     "what forecasts; `lead info` lists them and the checkpoints, `lead explain` their keys"},
    {"tm", "FILE", FILE_NAME, NULL, "the traffic matrices, here or in $LEAD_DATA"},
    {"horizon", "N,N", TEXT, "1", "epochs ahead"},
    {"topology", "FILE", FILE_NAME, NULL, "score link loads, too, under ECMP on this network"},
    {"fit", "FILE", FILE_NAME, "the first 70 % of --tm", "what predictors are fitted on"},
    {"suspect", "FILE", FILE_NAME, NULL, "times (a CSV column `time`) that are taken for missing"},
    {"from", "TIME", TEXT, "the last 20 %", "score targets from this time on"},
    {"to", "TIME", TEXT, "the end", "and before this one"},
    {"at", "FILE", FILE_NAME, "any", "times at which forecasts are made"},
    {"samples", "N", WHOLE(1, 100000), "40", "of each forecast"},
    {"steps", "N", WHOLE(1, 100000), "the checkpoint's", "of diffusion"},
    {"budget", "TIME", TEXT, "none", "for a forecast, as '60 ms': as many steps as fit in it"},
    {"windows", "N", WHOLE(1, 1e9), "all", "at most so many, evenly spaced"},
    UNIT("the TMs"),
    STEP,
    {"threads", "N", WHOLE(1, 1024), "all cores", "of libtorch"},
    SEED("of the samples"),
    {"against", "NAME", LEAD_CLI_PREDICTOR, 0, 0, "", false, NULL, NULL,
     "one of the predictors: how far the others' scores are from its, with intervals"},
    JSON("the scores")};

static const lead_cli_row te_rows[] = {
    {"topology", "FILE", FILE_NAME, NULL, "the network"},
    {"tm", "FILE", FILE_NAME, NULL, "the traffic matrices"},
    {"algorithm", "NAME", NAME(ALGORITHM), NULL, "what plans"},
    {"index", "K", TEXT, "0", "which TM of the file"},
    {"samples", "N", TEXT, "1", "plan for so many TMs from K on, as samples of what may come"},
    {"out", "FILE", FILE_NAME, NULL, "the routing as CSV"},
    {"format", "WORD", WORD("text, json"), "text", "of what is printed"},
    SEED("of the search"),
    CAPACITY,
    UNIT("the TMs"),
    TOPOLOGY_UNIT,
    DIRECTIONS};

static const lead_cli_row convert_rows[] = {
    {"topology", "FILE", FILE_NAME, NULL, "the network whose nodes the TMs of IN are of"},
    CAPACITY,
    UNIT("IN"),
    STEP,
    TOPOLOGY_UNIT,
    DIRECTIONS,
    {"train", "SHARE", REAL(0, 1), NULL,
     "write a folder of DOTE and FIGRET, with this share of the TMs, the first ones, to train on"},
    {"paths", "N", WHOLE(1, 64), "4", "of an OD pair in that folder's tunnels.txt"},
    {"path-choice", "WORD", WORD("shortest, disjoint"), "shortest", "which: as `paths` takes them"},
    {"tunnels", "FILE", FILE_NAME, "by --paths", "or the paths of this file"}};

static const lead_cli_row traffic_rows[] = {DATA};

static const lead_cli_row new_rows[] = {
    {"out", "FILE", FILE_NAME, "the network's name, then -day.yaml, -synthetic.yaml or -model.json",
     "the file to write"},
    {"force", FLAG, "write it anew where it is there already"},
    {"model", FLAG, "write a configuration that trains LEAD on the TMs (docs/tutorial-train.md)"},
    {"load", "MLU", REAL(0.01, 10), "demands as they are",
     "scale demands: the best routing's MLU in the busiest epoch"},
    CAPACITY,
    UNIT("the TMs"),
    {"step", "TIME", TEXT, "the file's own; else 300 s",
     "how far TMs without times are apart, and synthetic ones, as '5 min'"},
    TOPOLOGY_UNIT,
    DIRECTIONS};

static const lead_cli_row explain_rows[] = {
    {"markdown", "PART", TEXT, NULL,
     "a part's keys as a Markdown table, as --markdown 'policies[].te'"}};

static const lead_cli_row scenario_rows[] = {{"schema", FLAG, "print it"}};

static const lead_cli_row help_rows[] = {
    {"man", FLAG, "as a man page"},
    {"markdown", FLAG, "all commands as Markdown"},
    {"bash", FLAG, "the completion for bash"},
    {"zsh", FLAG, "the completion for zsh"},
    {"write", "DIR", LEAD_CLI_FOLDER, 0, 0, "", false, NULL, NULL,
     "all man pages and completions as files, as they lie below share/"}};

/* --- the commands ----------------------------------------------------------------------------- */

#define ROWS(name) name##_rows, sizeof name##_rows / sizeof *name##_rows
#define DAY "scenarios/abilene-synthetic.yaml"

static const lead_cli_command commands[] = {
    {"run",
     "run a scenario's policies side by side",
     {"SCENARIO.yaml [OPTION]...", NULL},
     LEAD_CLI_SCENARIO,
     "All policies meet the same traffic. A table is printed; summary.json, summary.csv and per "
     "policy epochs.csv, links.csv, timings.csv and tm.h5 go to the output folder.",
     ROWS(run),
     NULL,
     {{"lead run " DAY, "All policies, by packets in ns-3; results in out/abilene-synthetic."},
      {"lead run " DAY " --engine fluid --policy static,reactive --out out/fluid",
       "Two policies without packets, in seconds."}},
     "guide.md"},
    {"validate",
     "say whether a scenario is in order, and what it would run",
     {"SCENARIO.yaml [OPTION]...", NULL},
     LEAD_CLI_SCENARIO,
     "Reads all that the scenario names, makes each policy's first plan, and counts packets and "
     "memory; nothing is simulated.",
     ROWS(validate),
     NULL,
     {{"lead validate " DAY, "The scenario as it is."},
      {"lead validate " DAY " --set policies.reactive.te.algorithm=ecmp",
       "With another algorithm in one policy."}},
     "scenario.md"},
    {"whatif",
     "run a scenario with failures, bursts and other variants",
     {"SCENARIO.yaml [OPTION]...",
      "DIR [--row K | --gather | --slurm] [--jobs N] [--threads N] [--top N] [--by COLUMN]"},
     LEAD_CLI_SCENARIO,
     "The scenario, its `variants:`, the events given here and built-in studies are the rows of a "
     "table in DIR. What is done is not run again, so a table that was interrupted goes on.",
     ROWS(whatif),
     lead_cli_study_rows,
     {{"lead whatif " DAY " --engine fluid --policy static,reactive"
       " --event 'kind: link-failure, link: DNVRng-KSCYng, epoch: 1'",
       "What one failure does to two policies, beside the same day without."},
      {"lead whatif " DAY " --engine fluid --policy static --single-link-failures --out out/links",
       "Which single failure is the worst."}},
     "whatif.md"},
    {"test",
     "say whether a policy is worse than in its accepted baseline",
     {"SCENARIO.yaml... [OPTION]...", NULL},
     LEAD_CLI_SCENARIO,
     "Runs the scenarios and compares with baselines/NAME.json beside each. Exit status 1 when a "
     "policy is worse.",
     ROWS(test),
     NULL,
     {{"lead test scenarios/regression/steady.yaml", "One scenario against its baseline."},
      {"lead test scenarios/regression/steady.yaml scenarios/regression/churn.yaml"
       " --junit junit.xml",
       "Two, and a report for CI."}},
     "regression.md"},
    {"compare",
     "say whether one run is better than another, or worse",
     {"RUN_A[,RUN_A...] RUN_B[,RUN_B...] [OPTION]...",
      "RUN[,RUN...] --policy A --policy B [--policy B2]... [OPTION]..."},
     LEAD_CLI_FOLDER,
     "Or that the epochs are too few to tell. A run is a folder of `lead run`; with a comma, one "
     "for "
     "each seed. Intervals are by a block "
     "bootstrap over epochs.",
     ROWS(compare),
     NULL,
     {{"lead compare out/abilene-synthetic --policy static --policy reactive",
       "Two policies of one run."},
      {"lead compare out/abilene-synthetic out/fluid --metric mlu", "Two runs, by one metric."}},
     "compare-runs.md"},
    {"report",
     "make one HTML page of what was run",
     {"RUN [RUN...] [OPTION]...", NULL},
     LEAD_CLI_FOLDER,
     "Of folders of `lead run`, `lead whatif` or `lead test`: network, loads, forecasts, verdicts. "
     "It opens in a browser without a network.",
     ROWS(report),
     NULL,
     {{"lead report out/abilene-synthetic", "out/abilene-synthetic/report.html."},
      {"lead report out/abilene-synthetic out/fluid --out both.html", "Two runs in one page."}},
     "report.md"},
    {"traffic",
     "write a scenario's traffic matrices to a file",
     {"SCENARIO.yaml OUT [OPTION]...", NULL},
     LEAD_CLI_SCENARIO,
     "The past first, then the epochs; times load.factor, but not scaled to optimal_mlu_peak.",
     ROWS(traffic),
     NULL,
     {{"lead traffic " DAY " tms.csv.gz", "For other programs, and for training."},
      {"lead traffic scenarios/regression/steady.yaml steady.csv", "The same, not compressed."}},
     "files.md"},
    {"new",
     "write a first scenario for a network and TMs that you have",
     {"TOPOLOGY [TM] [OPTION]...", "--model TOPOLOGY TM [OPTION]..."},
     LEAD_CLI_FILE,
     "What it finds and guesses - unit, step, span, gaps, load, a checkpoint that knows the "
     "network, "
     "how much is simulated - is said, and stands in the file as comments. Without TM: synthetic "
     "traffic.",
     ROWS(new),
     NULL,
     {{"lead new scenarios/abilene.yaml --out my-synthetic.yaml", "A day of synthetic traffic."},
      {"lead new scenarios/abilene.yaml tms.csv.gz --out my-day.yaml",
       "The last day of a file of TMs."}},
     "tutorial.md"},
    {"evaluate",
     "score forecasts of traffic matrices",
     {"--predictor NAME... --tm FILE [OPTION]...", NULL},
     LEAD_CLI_FLAG,
     "All predictors on the very same windows of the file's last 20 %. A checkpoint is a path, or "
     "a name that `lead info` lists.",
     ROWS(evaluate),
     NULL,
     {{"lead evaluate --predictor last --predictor nlinear --tm tms.csv.gz --windows 50",
       "Two predictors, one epoch ahead."},
      {"lead evaluate --predictor seasonal --tm tms.csv.gz --horizon 1,6 --windows 50"
       " --json scores.json",
       "One and six epochs ahead, and the scores as JSON."}},
     "evaluate.md"},
    {"te",
     "route one traffic matrix by one TE algorithm",
     {"--topology FILE --tm FILE --algorithm NAME [OPTION]...", NULL},
     LEAD_CLI_FLAG,
     "Prints the MLU, and with --out writes the routing. Each algorithm takes some of the options "
     "from --weights on, which are the keys of `te:` in scenarios.",
     ROWS(te),
     lead_cli_te_rows,
     {{"lead te --topology scenarios/abilene.yaml --tm tms.csv.gz --algorithm mcf",
       "The least MLU there is for the file's first TM."},
      {"lead te --topology scenarios/abilene.yaml --tm tms.csv.gz --algorithm robust"
       " --index 100 --samples 20 --out routing.csv",
       "One routing for 20 TMs, as a file."}},
     "algorithms.md"},
    {"convert",
     "rewrite a network or traffic matrices in another file format",
     {"IN OUT [OPTION]...", NULL},
     LEAD_CLI_FILE,
     "The endings say which: .yaml .csv .graph .xml .graphml .gml .json for networks; .csv .csv.gz "
     ".demands .hist .xml and folders for TMs. With --train OUT is a new folder for DOTE and "
     "FIGRET.",
     ROWS(convert),
     NULL,
     {{"lead convert scenarios/abilene.yaml abilene.graph", "A network, to REPETITA's format."},
      {"lead convert tms.csv.gz abilene --topology scenarios/abilene.yaml --train 0.75",
       "Network, traffic matrices, paths and optima, as DOTE and FIGRET read them."}},
     "files.md"},
    {"explain",
     "say what a key of scenario files is, or an algorithm heeds",
     {"[KEY | NAME] [OPTION]...", NULL},
     LEAD_CLI_KEY,
     "Range, default and who heeds it: of one key, or of all that a TE algorithm, a predictor or "
     "an engine heeds; without either a list of all keys.",
     ROWS(explain),
     NULL,
     {{"lead explain moved_cost", "One key, wherever it may stand."},
      {"lead explain robust", "Every key that an algorithm heeds."}},
     "scenario.md"},
    {"scenario",
     "print the JSON Schema of scenario files",
     {"--schema", NULL},
     LEAD_CLI_FLAG,
     "Editors complete and check scenarios with it.",
     ROWS(scenario),
     NULL,
     {{"lead scenario --schema", "On standard output."},
      {"lead scenario --schema >scenario.schema.json", "As a file."}},
     "scenario.md"},
    {"info",
     "say what this build has, and where it looks for files",
     {"", NULL},
     LEAD_CLI_FLAG,
     "Versions, engines, estimators, predictors, TE algorithms, file formats, the device that "
     "models run on, checkpoints with what they know, folders of data.",
     NULL,
     0,
     NULL,
     {{"lead info", "All of it."}, {"lead info | grep -A 20 checkpoints", "Only the models."}},
     "guide.md"},
    {"help",
     "say what a command takes",
     {"[COMMAND] [OPTION]...", NULL},
     LEAD_CLI_COMMAND,
     "As does `lead COMMAND --help`. Without COMMAND a list of all.",
     ROWS(help),
     NULL,
     {{"lead help run", "One command."}, {"lead help run --man >lead-run.1", "As a man page."}},
     "commands.md"},
    {"version",
     "print the version",
     {"", NULL},
     LEAD_CLI_FLAG,
     "As does `lead --version`.",
     NULL,
     0,
     NULL,
     {{"lead version", "The release, and the compiler."}, {"lead --version", "The same."}},
     NULL},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

int lead_cli_command_count(void) {
    return COMMANDS;
}

const lead_cli_command *lead_cli_command_at(int index) {
    return &commands[index];
}

const lead_cli_command *lead_cli_command_find(const char *name) {
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

const lead_cli_row *lead_cli_row_at(const lead_cli_command *command, int index) {
    const lead_cli_row *more = NULL;
    if (index < command->row_count)
        return &command->rows[index];
    int count = command->more ? command->more(&more) : 0;
    return index - command->row_count < count ? &more[index - command->row_count] : NULL;
}

lead_status lead_cli_fail_command(const char *name) {
    lead_nearest nearest = {.word = name};
    for (int i = 0; i < COMMANDS; i++)
        lead_nearest_offer(&nearest, commands[i].name);
    return lead_fail(LEAD_INVALID, "there is no command `%.60s`%s (`lead help` lists them)", name,
                     lead_nearest_hint(&nearest));
}
