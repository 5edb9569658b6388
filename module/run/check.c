/* Whether a run would work: everything that it makes is made, and a policy's first lap is tried. */
#include "base/expects.h"
#include "run/experts.h"
#include <lead/run.h>

/* The first fallback of a lap as "PREDICT: why"; "" when there was none. */
static void describe(const lead_decision *decision, char text[400]) {
    text[0] = '\0';
    for (int i = 0; i < LEAD_FALLBACK_COUNT && !*text; i++)
        if (decision->fallbacks & (1u << i))
            snprintf(text, 400, "%s: %s", lead_fallback_name((lead_fallback)i), decision->why);
}

/* A lap of a controller that knows the TMs before `known`. */
static lead_status try_lap(const lead_scenario *scenario, int policy, const lead_subject *subject,
                           int known, double *seconds, char text[400]) {
    const int n = lead_topology_node_count(subject->topology),
              m = lead_topology_link_count(subject->topology);
    lead_policy usual = scenario->policies[policy];
    lead_brain brain = {0};
    lead_counters *counters = NULL;
    lead_decision decision;
    lead_status status = LEAD_OK;
    lead_predictor_options_hurry(&usual.predictor_options); /* not the first step of a day */
    LEAD_TRY_FREE(lead_counters_alloc(n, m, &counters));
    LEAD_TRY_FREE(lead_brain_alloc(scenario, &usual, subject->topology, subject->series,
                                   subject->first, known, &brain));
    LEAD_TRY_FREE(lead_controller_baseline(brain.controller, counters));
    double started = lead_clock_seconds();
    LEAD_TRY_FREE(lead_controller_step(brain.controller, NULL, 0, &decision));
    *seconds = lead_clock_seconds() - started;
    describe(&decision, text);
fail:
    lead_brain_free(&brain);
    lead_counters_free(counters);
    return status;
}

lead_status lead_run_try(const lead_scenario *scenario, int policy, const lead_subject *subject,
                         lead_trial *out) {
    LEAD_EXPECTS(scenario && subject && out);
    char later[400] = "";
    double seconds;
    int length = lead_tm_series_length(subject->series);
    *out = (lead_trial){0};
    lead_status status =
        try_lap(scenario, policy, subject, subject->first, &out->seconds, out->fallback);
    /* A lap that fails with all TMs known fails always; else the history was too short. */
    if (status == LEAD_OK && *out->fallback && length > subject->first + 1)
        status = try_lap(scenario, policy, subject, length - 1, &seconds, later);
    LEAD_TRY(status);
    return *later ? lead_fail(LEAD_MODEL, "policy \"%s\" would fall back in every epoch: %s",
                              scenario->policies[policy].name, later)
                  : LEAD_OK;
}
