/* disturb: see disturb.h. */
#include "study/variants/disturb.h"
#include "formats/text/text.h"
#include "formats/text/yaml.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The epoch in which it begins, and the one in which it is over; -1: never. */
static lead_status span(const lead_disturbance *self, int *begin, int *end) {
    double seconds, epoch = self->scenario->engine_options.epoch;
    *begin = 1;
    *end = -1;
    if (self->request->at && (!lead_integer_parse(self->request->at, begin) || *begin < 0))
        return lead_fail(LEAD_INVALID, "--at: \"%.40s\" is no epoch", self->request->at);
    if (!self->request->lasts)
        return LEAD_OK;
    lead_status status = lead_quantity_parse(self->request->lasts, LEAD_QUANTITY_TIME, &seconds);
    if (status != LEAD_OK)
        return lead_fail_within(status, "--for");
    if (!(seconds >= epoch && seconds < 1e9 * epoch))
        return lead_fail(LEAD_INVALID, "--for: \"%.40s\" is less than an epoch",
                         self->request->lasts);
    *end = *begin + (int)floor(seconds / epoch);
    return LEAD_OK;
}

static lead_status add(lead_variant *variant, int epoch, const char *from, const char *to,
                       const char *state) {
    lead_file_writer *writer;
    char *text = NULL;
    LEAD_TRY(lead_text_writer_alloc(&writer));
    lead_file_printf(writer, "epoch: %d, from: ", epoch);
    lead_yaml_print(writer, from);
    lead_file_printf(writer, ", to: ");
    lead_yaml_print(writer, to);
    lead_file_printf(writer, ", link: %s", state);
    lead_status status = lead_text_writer_finish(writer, &text);
    lead_file_writer_free(writer);
    return status == LEAD_OK ? lead_texts_take(&variant->events, text) : status;
}

lead_status lead_disturb_link(const lead_disturbance *self, int link, lead_variant *variant) {
    const lead_link *of = lead_topology_link(self->topology, link);
    const char *from = lead_topology_node_name(self->topology, of->source),
               *to = lead_topology_node_name(self->topology, of->destination);
    int begin, end;
    LEAD_TRY(span(self, &begin, &end));
    LEAD_TRY(add(variant, begin, from, to, "down"));
    return end >= 0 ? add(variant, end, from, to, "up") : LEAD_OK;
}

/* Whether a link is the first of those between its ends. */
static bool is_first(const lead_topology *topology, int link) {
    const lead_link *of = lead_topology_link(topology, link);
    for (int e = 0; e < link; e++) {
        const lead_link *other = lead_topology_link(topology, e);
        if ((other->source == of->source && other->destination == of->destination) ||
            (other->source == of->destination && other->destination == of->source))
            return false;
    }
    return true;
}

lead_status lead_disturb_node(const lead_disturbance *self, int node, lead_variant *variant) {
    for (int e = 0; e < lead_topology_link_count(self->topology); e++) {
        const lead_link *link = lead_topology_link(self->topology, e);
        if ((link->source == node || link->destination == node) && is_first(self->topology, e))
            LEAD_TRY(lead_disturb_link(self, e, variant));
    }
    return LEAD_OK;
}

lead_status lead_disturb_group(const lead_disturbance *self, int group, lead_variant *variant) {
    for (int e = 0; e < lead_topology_link_count(self->topology); e++)
        if (lead_topology_link(self->topology, e)->risk_group == group &&
            is_first(self->topology, e))
            LEAD_TRY(lead_disturb_link(self, e, variant));
    return LEAD_OK;
}

lead_status lead_disturb_burst(const lead_disturbance *self, double factor, lead_variant *variant) {
    (void)self, (void)factor, (void)variant;
    return lead_fail(LEAD_UNAVAILABLE, "scenarios have no bursts yet");
}
