#include "scenario/heeded.h"
#include "formats/yaml.h"
#include "scenario/defaults.h"

static bool has_packets(const lead_scenario *scenario) {
    return scenario->engine->packets;
}

static bool has_udp(const lead_scenario *scenario) {
    return has_packets(scenario) && scenario->engine_options.packets != LEAD_PACKETS_TCP;
}

static bool has_tcp(const lead_scenario *scenario) {
    return has_packets(scenario) && scenario->engine_options.packets == LEAD_PACKETS_TCP;
}

static bool sets_model(const lead_scenario *scenario) {
    return scenario->engine_options.packets != LEAD_PACKETS_POISSON;
}

static bool sets_flows(const lead_scenario *scenario) {
    return scenario->engine_options.flows_per_pair != LEAD_DEFAULT_FLOWS_PER_PAIR;
}

static bool sets_flow_bytes(const lead_scenario *scenario) {
    return scenario->engine_options.mean_flow_bytes != LEAD_DEFAULT_FLOW_BYTES;
}

static bool sets_queue(const lead_scenario *scenario) {
    return scenario->engine_options.queue != LEAD_QUEUE_FIFO;
}

static bool sets_convergence(const lead_scenario *scenario) {
    return scenario->engine_options.convergence > 0;
}

static const struct {
    const char *key;
    bool (*sets)(const lead_scenario *scenario);  /* to something else than the default */
    bool (*heeds)(const lead_scenario *scenario); /* what else the file says */
    const char *why;
} rules[] = {
    {"traffic.packets.model", sets_model, has_packets,
     "changes nothing in this engine: it has no packets, and delays and losses of Poisson "
     "arrivals"},
    {"traffic.packets.flows_per_pair", sets_flows, has_udp,
     "changes nothing: these are flows of UDP packets (engine: ns3, model: cbr, poisson, pareto)"},
    {"traffic.packets.mean_flow_bytes", sets_flow_bytes, has_tcp,
     "changes nothing: these are flows of TCP (engine: ns3, model: tcp)"},
    {"queue.kind", sets_queue, has_packets,
     "changes nothing in this engine: its queues are first in, first out"},
    {"convergence", sets_convergence, has_packets,
     "changes nothing in this engine: all its routers take over a routing at once"},
};

void lead_scenario_warn_idle_policies(const lead_scenario *scenario) {
    char key[80];
    for (int i = 0; i < scenario->policy_count; i++) {
        const lead_policy *policy = &scenario->policies[i];
        for (int option = 0; option < lead_te_option_count(); option++) {
            const char *why = lead_te_option_idle(policy->te, &policy->te_options, option);
            snprintf(key, sizeof key, "policies[%d].te.%s", i, lead_te_option_name(option));
            if (why)
                lead_yaml_warn(scenario->path, key, why);
        }
    }
}

void lead_scenario_warn_idle(const lead_scenario *scenario) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].sets(scenario) && !rules[i].heeds(scenario))
            lead_yaml_warn(scenario->path, rules[i].key, rules[i].why);
    lead_scenario_warn_idle_policies(scenario);
}
