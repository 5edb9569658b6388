#include "cli/help/words.h"
#include <lead/compare.h>
#include <lead/scenario.h>
#include <lead/study.h>
#include <stdlib.h>
#include <string.h>

/* "a, b" as "a b". */
static void put_list(FILE *to, const char *list) {
    for (; *list; list++)
        if (*list != ',')
            putc(*list, to);
}

static void put_values(FILE *to) {
    for (int i = 0; i < LEAD_STUDY_VALUES; i++)
        fprintf(to, "%s ", lead_study_value_name(i));
}

static void put_metrics(FILE *to) {
    for (int i = 0; i < LEAD_COMPARE_METRICS; i++)
        fprintf(to, "%s ", lead_compare_metric(i));
}

static void put_commands(FILE *to) {
    for (int i = 0; i < lead_cli_command_count(); i++)
        fprintf(to, "%s ", lead_cli_command_at(i)->name);
}

static void put_words(const lead_cli_row *row, FILE *to) {
    switch (row->kind) {
    case LEAD_CLI_WORD:
        put_list(to, row->words);
        break;
    case LEAD_CLI_PREDICTOR:
        put_list(to, lead_predictor_names());
        break;
    case LEAD_CLI_ALGORITHM:
        put_list(to, lead_te_names());
        break;
    case LEAD_CLI_ENGINE:
        put_list(to, lead_engine_names());
        break;
    case LEAD_CLI_METRIC:
        put_metrics(to);
        break;
    case LEAD_CLI_VALUE:
        put_values(to);
        break;
    case LEAD_CLI_KEY:
        lead_scenario_explain(NULL, to);
        break;
    case LEAD_CLI_COMMAND:
        put_commands(to);
        break;
    default:
        break;
    }
}

lead_status lead_cli_words(const lead_cli_row *row, char **text) {
    size_t length = 0;
    *text = NULL;
    FILE *to = open_memstream(text, &length);
    if (to)
        put_words(row, to);
    if (!to || fclose(to) != 0) {
        free(*text);
        *text = NULL;
        return lead_fail(LEAD_MEMORY, "no memory for a list of names");
    }
    for (char *c = *text; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    while (length > 0 && (*text)[length - 1] == ' ')
        (*text)[--length] = '\0';
    return LEAD_OK;
}

const lead_cli_action *lead_cli_action_of(lead_cli_kind kind) {
    static const lead_cli_action nothing = {LEAD_CLI_FLAG, ":", ""};
    static const lead_cli_action actions[] = {
        {LEAD_CLI_FILE, "_lead_files", "_files"},
        {LEAD_CLI_FOLDER, "_lead_folders", "_files -/"},
        {LEAD_CLI_SCENARIO, "_lead_scenarios", "_files -g \"*.yaml\""},
        {LEAD_CLI_POLICY, "_lead_policies", "_lead_policies"},
    };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (actions[i].kind == kind)
            return &actions[i];
    return &nothing;
}
