/* Completion for bash: one function, whose cases are the table's rows. */
#include "cli/help/pages.h"
#include "cli/help/words.h"
#include <stdlib.h>

static const char head[] =
    "# bash completion of lead; made by `lead help --bash`\n"
    "# shellcheck shell=bash\n"
    "_lead_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\"); }\n"
    "_lead_folders() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -d -- \"$word\")\n"
    "}\n"
    "_lead_files() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "}\n"
    "_lead_scenarios() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -d -- \"$word\"; compgen -f -X '!*.yaml' -- \"$word\")\n"
    "}\n" LEAD_CLI_POLICY_NAMES
    "_lead_policies() { _lead_words \"$(_lead_policy_names \"${COMP_WORDS[@]:2}\")\"; }\n"
    "_lead() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} "
    "command=${COMP_WORDS[1]}\n"
    "    COMPREPLY=()\n"
    "    if [[ $word == \"=\" ]]; then # bash takes --name=value apart\n"
    "        word=\n"
    "    elif [[ $previous == \"=\" ]]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n";

/* What completes a value of a row. */
static lead_status put_action(const lead_cli_row *row, FILE *to) {
    char *words;
    LEAD_TRY(lead_cli_words(row, &words));
    if (*words)
        fprintf(to, "_lead_words '%s'", words);
    else
        fprintf(to, "%s", lead_cli_action_of(row->kind)->bash);
    free(words);
    return LEAD_OK;
}

static lead_status put_values(FILE *to) {
    fprintf(to, "    case \"$command $previous\" in\n");
    for (int i = 0; i < lead_cli_command_count(); i++) {
        const lead_cli_command *command = lead_cli_command_at(i);
        const lead_cli_row *row;
        for (int k = 0; (row = lead_cli_row_at(command, k)); k++) {
            if (row->kind == LEAD_CLI_FLAG)
                continue;
            fprintf(to, "    \"%s --%s\") ", command->name, row->name);
            LEAD_TRY(put_action(row, to));
            fprintf(to, "; return ;;\n");
        }
    }
    fprintf(to, "    esac\n");
    return LEAD_OK;
}

static void put_options(FILE *to) {
    fprintf(to, "    case \"$command $word\" in\n");
    for (int i = 0; i < lead_cli_command_count(); i++) {
        const lead_cli_command *command = lead_cli_command_at(i);
        const lead_cli_row *row;
        fprintf(to, "    \"%s -\"*) _lead_words '", command->name);
        for (int k = 0; (row = lead_cli_row_at(command, k)); k++)
            fprintf(to, "--%s ", row->name);
        fprintf(to, "--help'; return ;;\n");
    }
    fprintf(to, "    esac\n");
}

/* What is no option. */
static lead_status put_places(FILE *to) {
    fprintf(to, "    case $command in\n");
    for (int i = 0; i < lead_cli_command_count(); i++) {
        const lead_cli_command *command = lead_cli_command_at(i);
        const lead_cli_row place = {.kind = command->takes, .words = ""};
        fprintf(to, "    %s) ", command->name);
        LEAD_TRY(put_action(&place, to));
        fprintf(to, " ;;\n");
    }
    fprintf(to, "    esac\n");
    return LEAD_OK;
}

lead_status lead_cli_print_bash(FILE *to) {
    const lead_cli_row commands = {.kind = LEAD_CLI_COMMAND, .words = ""};
    char *words;
    LEAD_TRY(lead_cli_words(&commands, &words));
    fprintf(
        to,
        "%s    if ((COMP_CWORD == 1)); then\n        _lead_words '%s --help --version'\n        "
        "return\n    fi\n",
        head, words);
    free(words);
    LEAD_TRY(put_values(to));
    put_options(to);
    LEAD_TRY(put_places(to));
    fprintf(to, "}\ncomplete -F _lead lead\n");
    return LEAD_OK;
}
