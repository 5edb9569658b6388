/* docs/commands.md. */
#include "cli/help/pages.h"
#include <string.h>

/* Text in a cell of a table. */
static void put_cell(FILE *to, const char *text) {
    for (; *text; text++)
        fprintf(to, *text == '|' ? "\\|" : "%c", *text);
}

static void put_options(const lead_cli_command *command, FILE *to) {
    const lead_cli_row *row;
    char range[600];
    for (int i = 0; (row = lead_cli_row_at(command, i)); i++) {
        if (i == 0)
            fprintf(to, "| option | meaning | range, default |\n| --- | --- | --- |\n");
        fprintf(to, "| `--%s%s%s`%s | ", row->name, row->argument ? " " : "",
                row->argument ? row->argument : "", row->many ? ", repeatable" : "");
        put_cell(to, row->help);
        fprintf(to, " | ");
        lead_cli_row_range(row, range, sizeof range);
        put_cell(to, range);
        fprintf(to, " |\n");
    }
    if (command->row_count > 0)
        fprintf(to, "\n");
}

static void put_command(const lead_cli_command *command, FILE *to) {
    fprintf(to, "## lead %s\n\n", command->name);
    for (int i = 0; i < LEAD_CLI_FORMS && command->forms[i]; i++)
        fprintf(to, "    lead %s%s%s\n", command->name, *command->forms[i] ? " " : "",
                command->forms[i]);
    fprintf(to, "\n%c%s. %s", command->summary[0] - 'a' + 'A', command->summary + 1, command->text);
    if (command->page && strcmp(command->page, "commands.md") != 0)
        fprintf(to, " More: [%s](%s).", command->page, command->page);
    fprintf(to, "\n\n");
    put_options(command, to);
    fprintf(to, "```sh\n");
    for (int i = 0; i < LEAD_CLI_EXAMPLES; i++)
        fprintf(to, "%s # %s\n", command->examples[i].line, command->examples[i].does);
    fprintf(to, "```\n");
}

void lead_cli_print_markdown(FILE *to) {
    fprintf(to,
            "# Commands\n\nMade by `lead help --markdown`; `lead help COMMAND`, `lead COMMAND "
            "--help` and `man lead-COMMAND` say the same. `cmake --install`\nputs the man pages "
            "and the completions for bash and zsh where these find them.\nA beginning of an "
            "option's name that fits one only is understood, so is `--name=value`; `--` ends the "
            "options.\n\n");
    for (int i = 0; i < lead_cli_command_count(); i++) {
        put_command(lead_cli_command_at(i), to);
        if (i < lead_cli_command_count() - 1)
            fprintf(to, "\n");
    }
}
