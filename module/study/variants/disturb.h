/* disturb: events of studies, as texts of the scenario's language. */
#ifndef LEAD_STUDY_VARIANTS_DISTURB_H
#define LEAD_STUDY_VARIANTS_DISTURB_H

#include "study/variants/variants.h"

/* When the events of a request's studies are. */
typedef struct lead_disturbance {
    const lead_study_request *request;
    const lead_scenario *scenario;
    const lead_topology *topology;
} lead_disturbance;

/* Both directions of a link, and its parallel ones, fail, in epoch 1 where nothing else is said. */
lead_status lead_disturb_link(const lead_disturbance *self, int link, lead_variant *variant);
/* All links of a node fail. */
lead_status lead_disturb_node(const lead_disturbance *self, int node, lead_variant *variant);
/* All links of a risk group fail. */
lead_status lead_disturb_group(const lead_disturbance *self, int group, lead_variant *variant);
/* All traffic is `factor` times what it was, for four epochs where nothing else is said. */
lead_status lead_disturb_burst(const lead_disturbance *self, double factor, lead_variant *variant);

#endif
