/* `lead explain`, `lead scenario`: what the keys of scenario files are. */
#include "cli/cli.h"
#include <lead/predict.h>
#include <lead/te.h>
#include <stdlib.h>
#include <string.h>

/* Offers each path of the list, and each of its ends: "te.survive" and "survive" of
 * "policies[].te.survive". */
static void offer_keys(char *paths, lead_nearest *nearest) {
    for (char *path = strtok(paths, "\n"); path; path = strtok(NULL, "\n"))
        for (const char *end = path; end; end = strchr(end, '.') ? strchr(end, '.') + 1 : NULL)
            lead_nearest_offer(nearest, end);
}

static lead_status fail_key(const char *key) {
    lead_nearest nearest = {.word = key};
    char *paths = NULL;
    size_t length;
    FILE *to = open_memstream(&paths, &length);
    if (to)
        lead_scenario_explain(NULL, to);
    if (to && fclose(to) == 0)
        offer_keys(paths, &nearest);
    lead_nearest_offer_list(&nearest, lead_te_names());
    lead_nearest_offer_list(&nearest, lead_predictor_names());
    free(paths);
    return lead_fail(LEAD_INVALID, "there is no key \"%.60s\"%s (`lead explain` lists them)", key,
                     lead_nearest_hint(&nearest));
}

/* Of an algorithm, a model, an engine or an estimator. */
static bool is_name(const char *word) {
    return lead_te_find(word) || lead_predictor_find(word) || lead_engine_find(word) ||
           lead_estimator_find(word);
}

lead_status lead_cli_explain(int argc, char **argv) {
    const char *table = NULL;
    const lead_cli_option options[] = {{"markdown", &table, NULL, NULL}};
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, options, 1, &rest, &count));
    if (count > 1)
        return lead_fail(
            LEAD_INVALID,
            "explain takes one key, algorithm or model, or nothing for a list of all keys");
    if (table)
        return lead_scenario_print_keys(table, stdout)
                   ? LEAD_OK
                   : lead_fail(LEAD_INVALID, "--markdown: \"%.60s\" is no part of a scenario",
                               table);
    int found = lead_scenario_explain(count ? rest[0] : NULL, stdout);
    if (count)
        found += lead_scenario_explain_heeded(rest[0], stdout);
    if (count && found == 0 && is_name(rest[0])) {
        printf("%s heeds no key that others do not heed, too\n", rest[0]);
        return LEAD_OK;
    }
    if (found > 0)
        return LEAD_OK;
    return fail_key(rest[0]);
}

lead_status lead_cli_scenario(int argc, char **argv) {
    bool schema = false;
    const lead_cli_option options[] = {{"schema", NULL, &schema, NULL}};
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, options, 1, &rest, &count));
    if (!schema || count > 0)
        return lead_fail(LEAD_INVALID,
                         "scenario takes --schema: the JSON Schema of scenario files");
    return lead_scenario_print_schema(stdout);
}
