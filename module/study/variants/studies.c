/* The built-in studies: a row and a function each. */
#include "study/variants/studies.h"
#include "base/expects.h"
#include "study/variants/disturb.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 100 };

typedef struct maker {
    lead_disturbance disturbance;
    const lead_scenario *scenario;
    const lead_topology *topology;
    lead_variants *variants;
    double values[MOST_VALUES]; /* of a sweep */
    int count;
} maker;

/* --- links and nodes -------------------------------------------------------------------------- */

/* The next pair of neighbours from a link on, by its first link; -1: there is none. */
static int next_pair(const lead_topology *topology, int link) {
    for (; link < lead_topology_link_count(topology); link++) {
        const lead_link *of = lead_topology_link(topology, link);
        int there = lead_topology_find_link(topology, of->source, of->destination),
            back = lead_topology_find_link(topology, of->destination, of->source);
        if (there == link && (back < 0 || back > link))
            return link;
    }
    return -1;
}

static void link_name(const maker *self, int link, char text[LEAD_VARIANT_NAME]) {
    const lead_link *of = lead_topology_link(self->topology, link);
    snprintf(text, LEAD_VARIANT_NAME, "%s-%s", lead_topology_node_name(self->topology, of->source),
             lead_topology_node_name(self->topology, of->destination));
}

static lead_status add(const maker *self, const char *what, const char *name, lead_variant **out) {
    char text[2 * LEAD_VARIANT_NAME + 40];
    snprintf(text, sizeof text, "%s %s", what, name);
    return lead_variants_add(self->variants, text, 0, out);
}

static lead_status single_links(maker *self) {
    for (int e = -1; (e = next_pair(self->topology, e + 1)) >= 0;) {
        char name[LEAD_VARIANT_NAME];
        lead_variant *variant;
        link_name(self, e, name);
        LEAD_TRY(add(self, "link", name, &variant));
        LEAD_TRY(lead_disturb_link(&self->disturbance, e, variant));
    }
    return LEAD_OK;
}

static lead_status single_nodes(maker *self) {
    for (int v = 0; v < lead_topology_node_count(self->topology); v++) {
        lead_variant *variant;
        LEAD_TRY(add(self, "node", lead_topology_node_name(self->topology, v), &variant));
        LEAD_TRY(lead_disturb_node(&self->disturbance, v, variant));
    }
    return LEAD_OK;
}

static lead_status groups(maker *self) {
    int links = lead_topology_link_count(self->topology), before = self->variants->count;
    for (int e = 0; e < links; e++) {
        int group = lead_topology_link(self->topology, e)->risk_group;
        char name[24];
        lead_variant *variant;
        snprintf(name, sizeof name, "group %d", group);
        if (group <= 0 || lead_variants_find(self->variants, name) >= 0)
            continue;
        LEAD_TRY(lead_variants_add(self->variants, name, 0, &variant));
        LEAD_TRY(lead_disturb_group(&self->disturbance, group, variant));
    }
    return self->variants->count > before
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "no link of the network has a risk_group");
}

/* --- two links, on the fluid engine ----------------------------------------------------------- */

static const char two_links[] = "links ";

bool lead_studies_is_double(const lead_variant *variant) {
    return variant->line == 0 && strncmp(variant->name, two_links, sizeof two_links - 1) == 0;
}

/* The undisturbed variant on an engine. */
static lead_status undisturbed_on(lead_variants *variants, const lead_scenario *scenario,
                                  const char *engine, int *out) {
    char name[60];
    lead_variant *variant;
    *out = 0;
    if (strcmp(scenario->engine->name, engine) == 0)
        return LEAD_OK;
    snprintf(name, sizeof name, "%s, %s", variants->list[0].name, engine);
    *out = lead_variants_find(variants, name);
    if (*out >= 0)
        return LEAD_OK;
    *out = variants->count;
    LEAD_TRY(lead_variants_add(variants, name, 0, &variant));
    variant->undisturbed = true;
    variant->against = *out;
    return lead_texts_add(&variant->sets, "engine=%s", engine);
}

static lead_status add_double(const maker *self, int a, int b, int against) {
    char name[LEAD_VARIANT_NAME], second[LEAD_VARIANT_NAME], both[2 * LEAD_VARIANT_NAME + 20];
    lead_variant *variant;
    link_name(self, a, name);
    link_name(self, b, second);
    snprintf(both, sizeof both, "%s%s + %s", two_links, name, second);
    LEAD_TRY(lead_variants_add(self->variants, both, 0, &variant));
    variant->against = against;
    if (against != 0)
        LEAD_TRY(lead_texts_add(&variant->sets, "engine=fluid"));
    LEAD_TRY(lead_disturb_link(&self->disturbance, a, variant));
    return lead_disturb_link(&self->disturbance, b, variant);
}

static lead_status double_links(maker *self) {
    int against;
    LEAD_TRY(undisturbed_on(self->variants, self->scenario, "fluid", &against));
    for (int a = -1; (a = next_pair(self->topology, a + 1)) >= 0;)
        for (int b = a; (b = next_pair(self->topology, b + 1)) >= 0;)
            LEAD_TRY(add_double(self, a, b, against));
    return LEAD_OK;
}

lead_status lead_studies_repeat(lead_variants *variants, int variant, const lead_scenario *scenario,
                                const char *engine) {
    char name[LEAD_VARIANT_NAME + 20];
    lead_variant *again;
    int against;
    LEAD_TRY(undisturbed_on(variants, scenario, engine, &against));
    snprintf(name, sizeof name, "%s, %s", variants->list[variant].name, engine);
    LEAD_TRY(lead_variants_add(variants, name, 0, &again));
    const lead_variant *of = &variants->list[variant];
    again->against = against;
    for (int i = 0; i < of->events.count; i++)
        LEAD_TRY(lead_texts_add(&again->events, "%s", of->events.list[i]));
    return against != 0 ? lead_texts_add(&again->sets, "engine=%s", engine) : LEAD_OK;
}

/* --- sweeps ----------------------------------------------------------------------------------- */

static lead_status add_value(const maker *self, const char *what, double value,
                             lead_variant **out) {
    char name[60];
    snprintf(name, sizeof name, "%s%.9g", what, value);
    return lead_variants_add(self->variants, name, 0, out);
}

static lead_status bursts(maker *self) {
    for (int i = 0; i < self->count; i++) {
        lead_variant *variant;
        LEAD_TRY(add_value(self, "burst x", self->values[i], &variant));
        LEAD_TRY(lead_disturb_burst(&self->disturbance, self->values[i], variant));
    }
    return LEAD_OK;
}

static lead_status loads(maker *self) {
    bool peak = self->scenario->load_peak > 0;
    double now = peak ? self->scenario->load_peak : self->scenario->load_factor;
    for (int i = 0; i < self->count; i++) {
        lead_variant *variant;
        LEAD_TRY(add_value(self, "load x", self->values[i], &variant));
        LEAD_TRY(lead_texts_add(&variant->sets, "traffic.load.%s=%.12g",
                                peak ? "optimal_mlu_peak" : "factor", now * self->values[i]));
    }
    return LEAD_OK;
}

static bool is_noisy(const lead_policy *policy) {
    return policy->predictor && strcmp(policy->predictor->name, "noisy-oracle") == 0;
}

static lead_status noises(maker *self) {
    int noisy = 0;
    for (int p = 0; p < self->scenario->policy_count; p++)
        noisy += is_noisy(&self->scenario->policies[p]);
    if (noisy == 0)
        return lead_fail(LEAD_INVALID, "no policy of the scenario forecasts by noisy-oracle");
    for (int i = 0; i < self->count; i++) {
        lead_variant *variant;
        LEAD_TRY(add_value(self, "noise ", self->values[i], &variant));
        for (int p = 0; p < self->scenario->policy_count; p++)
            if (is_noisy(&self->scenario->policies[p]))
                LEAD_TRY(lead_texts_add(&variant->sets, "policies.%s.predict.noise=%.12g",
                                        self->scenario->policies[p].name, self->values[i]));
    }
    return LEAD_OK;
}

/* --- all of them ------------------------------------------------------------------------------ */

static const struct study {
    lead_study_kind kind;
    lead_status (*expand)(maker *);
    bool begins, repeats; /* heeds --at and --for; --worst */
} studies[LEAD_STUDY_KINDS] = {
    {{"single-link-failures", NULL, "each link fails, both directions of it"},
     single_links,
     true,
     false},
    {{"single-node-failures", NULL, "each node fails, with all its links"},
     single_nodes,
     true,
     false},
    {{"double-link-failures", NULL,
      "each pair of links fails, on the fluid engine; the --worst K again on ns-3"},
     double_links,
     true,
     true},
    {{"risk-groups", NULL, "each group of links that share a risk fails"}, groups, true, false},
    {{"burst-sweep", "F,F", "traffic that is F times as much for a while"}, bursts, true, false},
    {{"load-sweep", "F,F", "all traffic times F"}, loads, false, false},
    {{"noise-sweep", "X,X", "the noise of noisy-oracle's forecasts"}, noises, false, false},
};

const lead_study_kind *lead_study_kind_at(int index) {
    return index >= 0 && index < LEAD_STUDY_KINDS ? &studies[index].kind : NULL;
}

/* "1.0,1.1" */
static lead_status read_values(maker *self, const char *text) {
    self->count = 0;
    for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char one[40];
        int length = (int)strcspn(at, ",");
        double *value = &self->values[self->count];
        snprintf(one, sizeof one, "%.*s", length, at);
        if (self->count == MOST_VALUES)
            return lead_fail(LEAD_INVALID, "more than %d values", MOST_VALUES);
        if (length >= (int)sizeof one || !lead_number_parse(one, value) || !(*value >= 0))
            return lead_fail(LEAD_INVALID, "\"%s\" is no number from 0 on (1.0,1.1,1.2)", one);
        self->count++;
    }
    return LEAD_OK;
}

/* What no study that was asked for heeds is refused. */
static lead_status check_heeded(const lead_study_request *request) {
    const char *begin = request->at ? "at" : "for";
    bool begins = false, repeats = false;
    for (int i = 0; i < LEAD_STUDY_KINDS; i++) {
        begins |= request->kinds[i] && studies[i].begins;
        repeats |= request->kinds[i] && studies[i].repeats;
    }
    if ((request->at || request->lasts) && !begins)
        return lead_fail(LEAD_INVALID, "--%s goes with a study of failures or bursts", begin);
    if (request->worst > 0 && !repeats)
        return lead_fail(LEAD_INVALID, "--worst goes with --double-link-failures");
    return LEAD_OK;
}

static lead_status expand(maker *self, const lead_study_request *request) {
    for (int i = 0; i < LEAD_STUDY_KINDS; i++) {
        if (!request->kinds[i])
            continue;
        lead_status status = studies[i].kind.value ? read_values(self, request->kinds[i]) : LEAD_OK;
        if (status == LEAD_OK)
            status = studies[i].expand(self);
        if (status != LEAD_OK)
            return lead_fail_within(status, "--%s", studies[i].kind.name);
    }
    return LEAD_OK;
}

lead_status lead_studies_expand(const lead_study_request *request, const lead_scenario *scenario,
                                lead_variants *variants) {
    LEAD_EXPECTS(request && scenario && variants && variants->count > 0);
    lead_topology *topology;
    LEAD_TRY(check_heeded(request));
    LEAD_TRY(lead_topology_read(scenario->topology_file, &scenario->topology_reading, &topology));
    maker self = {.disturbance = {request, scenario, topology},
                  .scenario = scenario,
                  .topology = topology,
                  .variants = variants};
    lead_status status = expand(&self, request);
    lead_topology_free(topology);
    return status;
}
