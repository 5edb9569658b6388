/* `lead report`: folders of runs as one HTML page. */
#include "cli/cli.h"
#include <lead/report.h>
#include <sys/stat.h>

static lead_status write_page(char **folders, int count, const char *out) {
    char path[4200];
    lead_report_result result;
    if (!out) {
        snprintf(path, sizeof path, "%s/report.html", folders[0]);
        out = path;
    }
    LEAD_TRY(lead_report_write((const char *const *)folders, count, out, &result));
    printf("%s: %.2f MB; open it in a browser, it needs no network\n", out,
           (double)result.bytes / 1e6);
    return LEAD_OK;
}

static lead_status check_folders(char **folders, int count) {
    struct stat at;
    for (int i = 0; i < count; i++)
        if (stat(folders[i], &at) != 0 || !S_ISDIR(at.st_mode))
            return lead_fail(LEAD_IO, "there is no folder %.400s", folders[i]);
    return LEAD_OK;
}

lead_status lead_cli_report(int argc, char **argv) {
    const char *out = NULL;
    const lead_cli_option options[] = {{"out", &out, NULL, NULL}};
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, options, 1, &rest, &count));
    if (count < 1)
        return lead_fail(LEAD_INVALID, "report takes the folder of a run: lead report out/NAME");
    LEAD_TRY(check_folders(rest, count));
    return write_page(rest, count, out);
}
