/* What policies are given: TMs to fit on, for `auto` the predictors of the other policies, tunnels.
 */
#ifndef LEAD_RUN_EXPERTS_H
#define LEAD_RUN_EXPERTS_H

#include <lead/scenario.h>

typedef struct lead_experts {
    lead_predictor_expert *experts; /* [count] */
    lead_tm_series **fits;          /* [count] what each fits on */
    int count;
} lead_experts;

/* The TMs to fit on, new: the policy's file in the scenario's unit and scale, or the first `first`
 * ones of the series. */
lead_status lead_load_fit(const lead_scenario *scenario, const lead_policy *policy,
                          const lead_topology *topology, const lead_tm_series *series, int first,
                          lead_tm_series **fit);

/* The predictors of the scenario's policies, each once, without oracle and auto; none for a policy
 * that does not forecast by auto. */
lead_status lead_experts_find(const lead_scenario *scenario, const lead_policy *policy,
                              const lead_topology *topology, const lead_tm_series *series,
                              int first, lead_experts *experts);
void lead_experts_free(lead_experts *experts);

/* The paths of the policy's file of tunnels, new; NULL in *tunnels where it has none. */
lead_status lead_load_tunnels(const lead_policy *policy, const lead_topology *topology,
                              lead_routing **tunnels);

/* A policy's controller over a scenario's series, with what it borrows. */
typedef struct lead_brain {
    lead_controller *controller;
    lead_tm_series *fit;
    lead_experts experts;
    lead_routing *tunnels; /* NULL: none */
} lead_brain;

/* Warns of the first of `epochs` epochs, whose forecasts know fewer TMs than they look at, where
 * `known` are known at the start; `remedy` ends the sentence. */
void lead_warn_of_short_history(const lead_policy *policy, const lead_controller *controller,
                                int known, int epochs, const char *remedy);

/* The controller of a policy that was fitted on the TMs before `first` and knows those before
 * `known`; `series` outlives it. Warns where these are too few. Free also after a failure. */
lead_status lead_brain_alloc(const lead_scenario *scenario, const lead_policy *policy,
                             const lead_topology *topology, const lead_tm_series *series, int first,
                             int known, lead_brain *brain);
void lead_brain_free(lead_brain *brain);

#endif
