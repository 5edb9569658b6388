/* Scores of whole paths in a run; see paths.h. */
#include "run/lap/paths.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static lead_status make_routing(const lead_topology *network, lead_routing **out) {
    double *weights;
    LEAD_TRY(lead_calloc((size_t)lead_topology_link_count(network), sizeof *weights, &weights));
    lead_status status = lead_link_weights(network, LEAD_WEIGHTS_INVERSE_CAPACITY, weights);
    if (status == LEAD_OK)
        status = lead_routing_from_weights(network, weights, out);
    free(weights);
    return status;
}

lead_status lead_lap_paths_alloc(const lead_topology *network, const lead_policy *policy,
                                 const lead_predictor *predictor, lead_lap_paths *self) {
    int n = lead_topology_node_count(network);
    *self = (lead_lap_paths){.steps = policy->every, .tm = (size_t)n * (size_t)n};
    if (policy->every < 2 || !predictor)
        return LEAD_OK;
    self->even = lead_predictor_is_even(predictor) && !policy->predictor_options.joint;
    LEAD_TRY(lead_calloc((size_t)self->steps * self->tm, sizeof *self->truth, &self->truth));
    LEAD_TRY(make_routing(network, &self->routing));
    return lead_path_scores_alloc(n, self->steps, self->routing, &self->scores);
}

void lead_lap_paths_free(lead_lap_paths *self) {
    lead_path_scores_free(self->scores);
    lead_routing_free(self->routing);
    free(self->truth);
    free(self->copied);
    *self = (lead_lap_paths){0};
}

static lead_status copy(lead_lap_paths *self, const lead_decision *decision) {
    size_t count = (size_t)decision->sample_count * (size_t)self->steps * self->tm;
    if (self->samples < decision->sample_count) {
        free(self->copied);
        self->copied = NULL;
        LEAD_TRY(lead_calloc(count, sizeof *self->copied, &self->copied));
    }
    memcpy(self->copied, decision->paths, count * sizeof *self->copied);
    self->samples = decision->sample_count;
    self->paths = self->copied;
    return LEAD_OK;
}

lead_status lead_lap_paths_decide(lead_lap_paths *self, const lead_decision *decision) {
    if (!self->scores)
        return LEAD_OK;
    if (decision->paths && decision->steps == self->steps) {
        self->done = 0;
        return copy(self, decision);
    }
    if (!decision->samples) /* planned without a forecast */
        self->paths = NULL;
    return LEAD_OK;
}

lead_status lead_lap_paths_pass(lead_lap_paths *self, const double *tm) {
    if (!self->paths)
        return LEAD_OK;
    memcpy(self->truth + (size_t)self->done * self->tm, tm, self->tm * sizeof *tm);
    if (++self->done < self->steps)
        return LEAD_OK;
    const double *paths = self->paths;
    self->paths = NULL;
    lead_status status =
        lead_path_scores_add(self->scores, paths, self->samples, self->truth, self->even);
    return status == LEAD_INFEASIBLE ? LEAD_OK : status; /* a pair is cut off: not scored */
}

lead_path_result lead_lap_paths_result(const lead_lap_paths *self) {
    return self->scores ? lead_path_scores_result(self->scores)
                        : (lead_path_result){.link_peak_crps = NAN,
                                             .peak_mlu_crps = NAN,
                                             .peak_mlu_coverage_90 = NAN,
                                             .path_energy = NAN,
                                             .variogram = NAN,
                                             .roughness = NAN};
}
