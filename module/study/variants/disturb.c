/* disturb: see disturb.h. */
#include "study/variants/disturb.h"
#include "formats/text/text.h"
#include "formats/text/yaml.h"
#include <stdlib.h>
#include <string.h>

enum { BURST = 4 }; /* epochs that one lasts where nothing else is said */

/* Behind what happens: when it begins and how long it lasts, which the scenario's reader checks. */
static void print_when(const lead_disturbance *self, lead_file_writer *writer, double usually) {
    const char *at = self->request->at, *lasts = self->request->lasts;
    int epoch;
    if (!at || lead_integer_parse(at, &epoch))
        lead_file_printf(writer, ", epoch: %s", at ? at : "1");
    else {
        lead_file_printf(writer, ", at: ");
        lead_yaml_print(writer, at);
    }
    if (lasts) {
        lead_file_printf(writer, ", duration: ");
        lead_yaml_print(writer, lasts);
    } else if (usually > 0)
        lead_file_printf(writer, ", duration: %.12g s", usually);
}

/* "kind: KIND, KEY: "VALUE", epoch: 1" */
static lead_status add(const lead_disturbance *self, const char *kind, const char *key,
                       const char *value, double usually, lead_variant *variant) {
    lead_file_writer *writer;
    char *text = NULL;
    LEAD_TRY(lead_text_writer_alloc(&writer));
    lead_file_printf(writer, "kind: %s, %s: ", kind, key);
    lead_yaml_print(writer, value);
    print_when(self, writer, usually);
    lead_status status = lead_text_writer_finish(writer, &text);
    lead_file_writer_free(writer);
    return status == LEAD_OK ? lead_texts_take(&variant->events, text) : status;
}

lead_status lead_disturb_link(const lead_disturbance *self, int link, lead_variant *variant) {
    const lead_link *of = lead_topology_link(self->topology, link);
    char name[600];
    snprintf(name, sizeof name, "%.290s-%.290s",
             lead_topology_node_name(self->topology, of->source),
             lead_topology_node_name(self->topology, of->destination));
    return add(self, "link-failure", "link", name, 0, variant);
}

lead_status lead_disturb_node(const lead_disturbance *self, int node, lead_variant *variant) {
    return add(self, "node-failure", "node", lead_topology_node_name(self->topology, node), 0,
               variant);
}

lead_status lead_disturb_group(const lead_disturbance *self, int group, lead_variant *variant) {
    char name[24];
    snprintf(name, sizeof name, "%d", group);
    return add(self, "group-failure", "group", name, 0, variant);
}

lead_status lead_disturb_burst(const lead_disturbance *self, double factor, lead_variant *variant) {
    char kind[60];
    snprintf(kind, sizeof kind, "burst, factor: %.12g", factor);
    return add(self, kind, "pairs", "*", BURST * self->scenario->engine_options.epoch, variant);
}
