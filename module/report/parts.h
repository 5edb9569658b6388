/* The parts of a run on a page, one function each. They set keys of a JSON object. */
#ifndef LEAD_REPORT_PARTS_H
#define LEAD_REPORT_PARTS_H

#include "report/page.h"
#include <lead/net.h>
#include <lead/record.h>
#include <lead/scenario.h>

/* A CSV file as {"columns": [...], "rows": [[text, ...], ...]}; null where there is none.
 * LEAD_FORMAT with file and line. O(size). */
lead_status lead_report_table(const char *path, json_t **table);

/* {"nodes": [{"name", "longitude", "latitude"}], "links": [{"source", "destination", "capacity",
 * "label"}]}, links in the topology's order, capacity in bit/s. */
json_t *lead_report_network(const lead_topology *topology);
/* The network of a links.csv, without places: of its first epoch. LEAD_FORMAT. */
lead_status lead_report_network_of(const char *path, lead_topology **out);

/* A policy's epochs.csv, links.csv and timings.csv: "epochs", "times" and columns [epochs], "links"
 * [links][epochs], "fallbacks". `topology`: in the order of whose links links.csv is. */
lead_status lead_report_policy(lead_page *page, const char *folder, const lead_topology *topology,
                               json_t *policy);

/* The tm.h5 of policies[count] under `folder`: "pairs" of the run, and "matrices" of each policy,
 * both with "missing", why there is none, where there is none. */
lead_status lead_report_matrices(lead_page *page, const char *folder, json_t *policies,
                                 json_t *run);

/* Comparisons by `lead compare`: of each of the run's policies (the first 6 of at most 12) with the
 * others, a list; of run A with run B. */
json_t *lead_report_verdicts(const char *run, const lead_summary *summary);
json_t *lead_report_verdicts_between(const char *run_a, const char *run_b);

/* The scenario's text, and the files that it names with their SHA-256; `scenario` NULL: it could
 * not be read, `why`. */
lead_status lead_report_origin(const char *folder, const lead_scenario *scenario, const char *why,
                               json_t *run);

/* The two kinds of folder that have a page. */
lead_status lead_report_run(lead_page *page, const char *folder, json_t *root);
lead_status lead_report_whatif(lead_page *page, const char *folder, json_t *root);

#endif
