/* The program `lead`: finds the command, prints what failed, exits with 0 or 1. */
#include "cli/cli.h"
#include "cli/help/pages.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Who does a command's work; what it takes stands in the table (cli/help/table.c), but for those
 * that only the program itself starts. */
static const struct {
    const char *name;
    lead_status (*run)(int argc, char **argv);
} commands[] = {
    {"run", lead_cli_run},
    {"validate", lead_cli_validate},
    {"whatif", lead_cli_whatif},
    {"new", lead_cli_new},
    {"test", lead_cli_test},
    {"compare", lead_cli_compare},
    {"report", lead_cli_report},
    {"traffic", lead_cli_traffic},
    {"evaluate", lead_cli_evaluate},
    {"te", lead_cli_te},
    {"convert", lead_cli_convert},
    {"explain", lead_cli_explain},
    {"scenario", lead_cli_scenario},
    {"info", lead_cli_info},
    {"help", lead_cli_help},
    {"version", lead_cli_version},
    {"whatif-row", lead_cli_whatif_row}, /* how `lead whatif` starts itself; lead/study.h */
    {"run-policy", lead_cli_run_policy}, /* how `lead run` starts itself; lead/run.h */
    {"check", lead_cli_check},           /* the name of `validate` in earlier releases */
};

enum { COMMANDS = sizeof commands / sizeof *commands };

/* Whether the arguments ask what the command takes: --help or -h before a "--". */
static bool asks_for_help(int argc, char **argv) {
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* The command that the program's own options stand for. */
static const char *command_of(const char *word) {
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return "help";
    return strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 ? "version" : word;
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

static lead_status run_command(const char *name, int argc, char **argv) {
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        LEAD_TRY(begin_without_threads(argv));
        argv[1] = (char *)commands[i].name;
        return commands[i].run(argc - 1, argv + 1);
    }
    return lead_cli_fail_command(name);
}

int main(int argc, char **argv) {
    lead_log_set_sink(print_log, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is a write that fails, and is told as one */
    if (argc < 2) {
        lead_cli_print_list(stdout);
        return 1;
    }
    const char *name = command_of(argv[1]);
    const lead_cli_command *command = lead_cli_command_find(name);
    if (command && asks_for_help(argc, argv)) {
        lead_cli_print_help(command, stdout);
        return 0;
    }
    lead_status status = run_command(name, argc, argv);
    if (status != LEAD_OK)
        fprintf(stderr, "lead: %s\n", lead_last_message());
    return status == LEAD_OK ? 0 : 1;
}
