/* `lead help`, `lead version`. */
#include "cli/cli.h"
#include "cli/help/pages.h"
#include <lead/run.h>

typedef struct arguments {
    bool man, markdown, bash, zsh;
    const char *write;
    const lead_cli_command *command; /* NULL: none was named */
} arguments;

static lead_status parse(int argc, char **argv, arguments *in) {
    const lead_cli_option options[] = {{"man", NULL, &in->man, NULL},
                                       {"markdown", NULL, &in->markdown, NULL},
                                       {"bash", NULL, &in->bash, NULL},
                                       {"zsh", NULL, &in->zsh, NULL},
                                       {"write", &in->write, NULL, NULL}};
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, options, sizeof options / sizeof *options, &rest, &count));
    if (count > 1)
        return lead_fail(LEAD_INVALID, "help takes one command, or none for a list of all");
    if (in->man + in->markdown + in->bash + in->zsh + (in->write != NULL) > 1)
        return lead_fail(LEAD_INVALID,
                         "--man, --markdown, --bash, --zsh and --write exclude one another");
    if (count == 1 && !(in->command = lead_cli_command_find(rest[0])))
        return lead_cli_fail_command(rest[0]);
    if (in->command && (in->markdown || in->bash || in->zsh || in->write))
        return lead_fail(LEAD_INVALID, "help: this is of all commands: leave out \"%s\"", rest[0]);
    return LEAD_OK;
}

lead_status lead_cli_help(int argc, char **argv) {
    arguments in = {0};
    LEAD_TRY(parse(argc, argv, &in));
    if (in.write)
        return lead_cli_write_share(in.write);
    if (in.bash)
        return lead_cli_print_bash(stdout);
    if (in.zsh)
        return lead_cli_print_zsh(stdout);
    if (in.man)
        lead_cli_print_man(in.command, stdout);
    else if (in.markdown)
        lead_cli_print_markdown(stdout);
    else if (in.command)
        lead_cli_print_help(in.command, stdout);
    else
        lead_cli_print_list(stdout);
    return LEAD_OK;
}

lead_status lead_cli_version(int argc, char **argv) {
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, NULL, 0, &rest, &count));
    if (count > 0)
        return lead_fail(LEAD_INVALID, "version takes no arguments");
    printf("ns3-lead %s\n", lead_build());
    return LEAD_OK;
}
