/* Completion for zsh: a call of _arguments for each command. */
#include "cli/help/pages.h"
#include "cli/help/words.h"
#include <stdlib.h>

/* Text within single quotes and a description of _arguments or _describe. */
static void put(FILE *to, const char *text) {
    for (; *text; text++) {
        if (*text == '\'')
            fprintf(to, "'\\''");
        else if (*text == '`')
            continue;
        else if (*text == '[' || *text == ']' || *text == ':' || *text == '\\')
            fprintf(to, "\\%c", *text);
        else
            putc(*text, to);
    }
}

/* Words of a list, which zsh would take for patterns. */
static void put_words(FILE *to, const char *words) {
    fprintf(to, "(");
    for (; *words; words++)
        fprintf(to, *words == '[' || *words == ']' ? "\\%c" : "%c", *words);
    fprintf(to, ")");
}

/* ":MESSAGE:ACTION" for a value of a row. */
static lead_status put_action(const lead_cli_row *row, const char *message, FILE *to) {
    char *words;
    LEAD_TRY(lead_cli_words(row, &words));
    fprintf(to, ":");
    put(to, message);
    fprintf(to, ":");
    if (*words)
        put_words(to, words);
    else
        fprintf(to, "%s", lead_cli_action_of(row->kind)->zsh);
    free(words);
    return LEAD_OK;
}

static lead_status put_option(const lead_cli_row *row, FILE *to) {
    fprintf(to, "      '%s--%s%s[", row->many ? "*" : "", row->name, row->argument ? "=" : "");
    put(to, row->help);
    fprintf(to, "]");
    if (row->argument)
        LEAD_TRY(put_action(row, row->argument, to));
    fprintf(to, "' \\\n");
    return LEAD_OK;
}

static lead_status put_command(const lead_cli_command *command, FILE *to) {
    const lead_cli_row place = {.kind = command->takes, .words = ""}, *row;
    fprintf(to, "  %s)\n    _arguments -S \\\n", command->name);
    for (int i = 0; (row = lead_cli_row_at(command, i)); i++)
        LEAD_TRY(put_option(row, to));
    if (command->takes != LEAD_CLI_FLAG) {
        fprintf(to, "      '*");
        LEAD_TRY(
            put_action(&place, command->takes == LEAD_CLI_SCENARIO ? "scenario" : "argument", to));
        fprintf(to, "' \\\n");
    }
    fprintf(to, "      '--help[what the command takes]' ;;\n");
    return LEAD_OK;
}

lead_status lead_cli_print_zsh(FILE *to) {
    fprintf(to, "#compdef lead\n# made by `lead help --zsh`\n" LEAD_CLI_POLICY_NAMES
                "_lead_policies() {\n  local -a names\n  "
                "names=(${(f)\"$(_lead_policy_names $words)\"})\n  compadd -a names\n}\n");
    fprintf(to, "_lead() {\n  local -a commands\n  "
                "commands=(\n");
    for (int i = 0; i < lead_cli_command_count(); i++) {
        fprintf(to, "    '%s:", lead_cli_command_at(i)->name);
        put(to, lead_cli_command_at(i)->summary);
        fprintf(to, "'\n");
    }
    fprintf(to, "  )\n  if (( CURRENT == 2 )); then\n    _describe -t commands 'lead command' "
                "commands\n    return\n  fi\n  local command=$words[2]\n  shift words\n  (( "
                "CURRENT-- ))\n  case $command in\n");
    for (int i = 0; i < lead_cli_command_count(); i++)
        LEAD_TRY(put_command(lead_cli_command_at(i), to));
    fprintf(to, "  esac\n}\n_lead \"$@\"\n");
    return LEAD_OK;
}
