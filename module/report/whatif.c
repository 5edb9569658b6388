/* A what-if's folder on the page: its tables, and the network of its first row. */
#include "formats/text/columns.h"
#include "report/parts.h"
#include <stdlib.h>
#include <string.h>

static lead_status put_table(const char *folder, const char *name, const char *key, json_t *to) {
    char path[4200];
    json_t *table;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    LEAD_TRY(lead_report_table(path, &table));
    json_object_set_new(to, key, table);
    return LEAD_OK;
}

/* The KEY of the first row of runs.csv. */
static lead_status first_key(const char *folder, char key[80]) {
    static const char *const names[] = {"key"};
    char path[4200];
    lead_columns rows = {0};
    bool there = false;
    snprintf(path, sizeof path, "%s/runs.csv", folder);
    lead_status status = lead_columns_open(path, names, 1, "runs.csv of a what-if", &rows);
    if (status == LEAD_OK)
        status = lead_columns_next(&rows, &there);
    if (status == LEAD_OK && !there)
        status = lead_lines_fail(rows.lines, LEAD_FORMAT, "there is no row in it");
    if (status == LEAD_OK)
        snprintf(key, 80, "%s", rows.fields[0]);
    lead_columns_close(&rows);
    return status;
}

/* The page goes without a map where the network's file is no more there, and says so. */
static lead_status put_network(const char *folder, json_t *to) {
    char path[4300], key[80];
    lead_scenario *scenario = NULL;
    lead_topology *topology = NULL;
    LEAD_TRY(first_key(folder, key));
    snprintf(path, sizeof path, "%s/scenarios/%s.yaml", folder, key);
    lead_status status = lead_scenario_read(path, NULL, &scenario);
    if (status == LEAD_OK)
        status =
            lead_topology_read(scenario->topology_file, &scenario->topology_reading, &topology);
    if (status == LEAD_OK) {
        json_object_set_new(to, "network", lead_report_network(topology));
        json_object_set_new(to, "name", lead_page_text(scenario->name));
    } else {
        json_object_set_new(to, "network_missing", lead_page_text(lead_last_message()));
    }
    lead_topology_free(topology);
    lead_scenario_free(scenario);
    return status == LEAD_MEMORY ? status : LEAD_OK;
}

lead_status lead_report_whatif(lead_page *page, const char *folder, json_t *root) {
    json_t *whatif = json_object();
    (void)page;
    json_array_append_new(json_object_get(root, "whatifs"), whatif);
    json_object_set_new(whatif, "folder", lead_page_text(folder));
    LEAD_TRY(put_network(folder, whatif));
    LEAD_TRY(put_table(folder, "runs.csv", "runs", whatif));
    LEAD_TRY(put_table(folder, "whatif.csv", "table", whatif));
    LEAD_TRY(put_table(folder, "links.csv", "links", whatif));
    return put_table(folder, "critical.csv", "critical", whatif);
}
