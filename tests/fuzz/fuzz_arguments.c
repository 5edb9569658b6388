/* Any bytes, cut at every line end, as the arguments of a command: understood or refused. They run
 * in an empty folder, and none names a file elsewhere. */
#include "cli/cli.h"
#include "fuzz.h"
#include <fcntl.h>
#include <string.h>

enum { MOST = 24 };

static const char network[] = "src,dst,capacity_kbps,igp_weight\nA,B,10,1\nB,A,10,1\n",
                  tms[] = "time,A>B,B>A\n2024-01-01,1,2\n2024-01-02,2,1\n";

static void write_file(const char *name, const char *text) {
    FILE *file = fopen(name, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

/* A folder of its own, with a network and TMs in it; what commands print goes nowhere. */
static void settle(void) {
    int nowhere = open("/dev/null", O_WRONLY);
    if (chdir(scratch_folder(NULL)) != 0 || nowhere < 0 || dup2(nowhere, 1) < 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct {
        const char *name;
        lead_status (*run)(int, char **);
    } commands[] = {
        {"te", lead_cli_te},       {"convert", lead_cli_convert}, {"evaluate", lead_cli_evaluate},
        {"check", lead_cli_check}, {"traffic", lead_cli_traffic}, {"explain", lead_cli_explain},
        {"new", lead_cli_new}};
    enum { COMMANDS = sizeof commands / sizeof *commands };
    static int settled;
    char *text, *arguments[MOST + 2] = {NULL};
    int count = 1;
    if (!settled++)
        settle();
    if (size < 2 || memchr(data, '/', size) || memchr(data, 0, size))
        return 0;
    write_file("n.csv", network);
    write_file("t.csv", tms);
    if (!(text = malloc(size)))
        abort();
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    /* By a letter of its own, so that older seeds are still what they were. */
    size_t command = data[0] == 'n' ? COMMANDS - 1 : data[0] % (COMMANDS - 1);
    arguments[0] = (char *)commands[command].name;
    for (char *at = strtok(text, "\n"); at && count <= MOST; at = strtok(NULL, "\n"))
        arguments[count++] = at;
    (void)commands[command].run(count, arguments);
    free(text);
    return 0;
}
