/* The program `lead`: finds the command, prints what failed, exits with 0 or 1. */
#include "cli/cli.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct {
    const char *name, *usage;
    lead_status (*run)(int argc, char **argv);
} commands[] = {
    {"run",
     "run SCENARIO.yaml [--out DIR] [--data DIR] [--jobs N] [--threads N]\n"
     "     [--engine NAME] [--policy NAME,NAME] [--set PATH=VALUE]...\n"
     "     [--event \"kind: KIND, KEY: VALUE, ...\"]...\n"
     "      Run a scenario's policies side by side; results in DIR (or out/NAME).\n"
     "      --set policies.lead.te.moved_cost=0.1 changes a key for this run,\n"
     "      --event \"kind: link-failure, link: A-B, at: 12:00\" adds an event.",
     lead_cli_run},
    {"validate",
     "validate SCENARIO.yaml [--data DIR] [--engine NAME] [--policy NAME,NAME]\n"
     "     [--set PATH=VALUE]... [--event EVENT]...\n"
     "      Say whether a scenario is in order, and what it would run.",
     lead_cli_validate},
    {"whatif",
     "whatif SCENARIO.yaml [--out DIR] [--data DIR] [--jobs N] [--seeds N]\n"
     "     [--single-link-failures] [--single-node-failures] [--risk-groups]\n"
     "     [--double-link-failures [--worst K]] [--burst-sweep F,F]\n"
     "     [--load-sweep F,F] [--noise-sweep X,X] [--at WHEN] [--for TIME]\n"
     "     [--demand-limit] [--within %]\n"
     "     [--event 'KEY: VALUE, ...']... [--engine NAME] [--policy NAME,NAME]\n"
     "     [--set PATH=VALUE]... [--plan] [--clean] [--top N] [--by COLUMN]\n"
     "     [--threads N] [--slurm [--submit] [--sbatch OPTIONS]... [--tasks N]]\n"
     "  lead whatif DIR [--row K | --gather | --slurm ...] [--jobs N] [--threads N]\n"
     "     [--top N] [--by COLUMN]\n"
     "      Run the scenario, its `variants:` and built-in studies as a table of\n"
     "      rows in DIR (or out/NAME-whatif), and say what they make worse. What is\n"
     "      done is not run again. --plan only writes the table; then row K is run\n"
     "      by itself, anywhere, and --gather reads what is there. --slurm prints\n"
     "      the job arrays that run what is not done, --submit submits them.",
     lead_cli_whatif},
    {"test",
     "test SCENARIO.yaml... [--update] [--junit FILE] [--out DIR] [--data DIR]\n"
     "     [--jobs N] [--engine NAME] [--set PATH=VALUE]... [--event EVENT]...\n"
     "      Run scenarios and say whether a policy is worse than in its baseline\n"
     "      (baselines/NAME.json beside the scenario); --update accepts what is.",
     lead_cli_test},
    {"compare",
     "compare RUN_A[,RUN_A...] RUN_B[,RUN_B...] [--policy NAME]... [--effect %]\n"
     "     [--metric NAME]... [--confidence %] [--seed N] [--json FILE]\n"
     "  lead compare RUN[,RUN...] --policy A --policy B [--policy B2]... [...]\n"
     "      Say whether B is better than A, worse, or not to be told from it: two\n"
     "      folders of `lead run`, or two policies of one; a comma for each seed.",
     lead_cli_compare},
    {"report",
     "report RUN [RUN...] [--out FILE]\n"
     "      Make one HTML page of what `lead run`, `lead whatif` or `lead test`\n"
     "      wrote, RUN/report.html: network, loads, forecasts, verdicts.",
     lead_cli_report},
    {"evaluate",
     "evaluate --predictor NAME[:CHECKPOINT]... --tm FILE [--horizon 1,20]\n"
     "     [--topology FILE] [--fit FILE] [--suspect FILE] [--from T] [--to T]\n"
     "     [--at FILE] [--samples N] [--steps N] [--budget TIME] [--windows N]\n"
     "     [--unit UNIT] [--threads N] [--seed N] [--json FILE]\n"
     "      Score forecasts of traffic matrices on the file's last 20 %.",
     lead_cli_evaluate},
    {"te",
     "te --topology FILE --tm FILE --algorithm NAME [--format json|text]\n"
     "     [--index K] [--samples N] [--seed N] [--out FILE] [--capacity BIT/S]\n"
     "     [--unit UNIT] [--topology-unit UNIT] [--directions both|one-way]\n"
     "     [--KEY VALUE of the algorithm, as in docs/scenario.md: --max-weight 20]\n"
     "      Route traffic matrix K of the file (0: the first) by one algorithm, or\n"
     "      N from it on as samples of what may come; results for their mean.",
     lead_cli_te},
    {"convert",
     "convert IN OUT [--topology FILE] [--capacity BIT/S] [--unit UNIT]\n"
     "     [--topology-unit UNIT] [--directions both|one-way]\n"
     "      Topologies and traffic matrices from one file format to another. UNIT,\n"
     "      such as Mbit/s, is what 1 in IN means.",
     lead_cli_convert},
    {"traffic",
     "traffic SCENARIO.yaml OUT [--data DIR]\n"
     "      Write a scenario's traffic matrices: the past, then the epochs; by the\n"
     "      factor of load, not to its optimal_mlu_peak.",
     lead_cli_traffic},
    {"explain",
     "explain [KEY]\n"
     "      Say what a key of scenario files is, its range, its default and who\n"
     "      heeds it; without KEY a list of all.",
     lead_cli_explain},
    {"scenario",
     "scenario --schema\n"
     "      Print the JSON Schema of scenario files, for editors.",
     lead_cli_scenario},
    {"info",
     "info\n"
     "      Version, engines, algorithms, file formats.",
     lead_cli_info},
    {"whatif-row", NULL, lead_cli_whatif_row}, /* how `lead whatif` starts itself; lead/study.h */
    {"check", NULL, lead_cli_check},           /* the name of `validate` in earlier releases */
    {"run-policy", NULL, lead_cli_run_policy}, /* how `lead run` starts itself; see lead/run.h */
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_usage(FILE *to) {
    fprintf(to, "lead: proactive routing for ns-3 simulations\n\n");
    for (int i = 0; i < COMMANDS; i++)
        if (commands[i].usage)
            fprintf(to, "  lead %s\n", commands[i].usage);
}

/* Whether the arguments ask what the command takes: --help or -h before a "--". */
static bool asks_for_help(int argc, char **argv) {
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static void print_log(lead_log_level level, const char *line, void *data) {
    (void)data;
    fprintf(stderr, "lead: %s%s\n", level == LEAD_LOG_WARNING ? "warning: " : "", line);
}

static bool is_limited(int what) {
    struct rlimit limit;
    return getrlimit(what, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

/* OpenBLAS begins threads while it is loaded, each of which asks for 128 MB until it gets them:
 * where memory is limited (ulimit -v) that is for ever, and no program ends before its threads. So
 * this one begins again without them; their work, if there is any, is then done here. */
static lead_status begin_without_threads(char **argv) {
    static const char name[] = "OPENBLAS_NUM_THREADS";
    if (!is_limited(RLIMIT_AS) && !is_limited(RLIMIT_DATA))
        return LEAD_OK;
    if (!getenv(name) && setenv(name, "1", 1) == 0)
        execv("/proc/self/exe", argv);
    return lead_blas_reserve(1);
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "help";
    lead_log_set_sink(print_log, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is a write that fails, and is told as one */
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_usage(stdout);
        return argc > 1 ? 0 : 1;
    }
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        if (commands[i].usage && asks_for_help(argc, argv)) {
            printf("lead %s\n", commands[i].usage);
            return 0;
        }
        lead_status status = begin_without_threads(argv);
        if (status == LEAD_OK)
            status = commands[i].run(argc - 1, argv + 1);
        if (status != LEAD_OK)
            fprintf(stderr, "lead: %s\n", lead_last_message());
        return status == LEAD_OK ? 0 : 1;
    }
    fprintf(stderr, "lead: there is no command \"%s\"\n\n", name);
    print_usage(stderr);
    return 1;
}
