/* Defaults that more than one file of the scenario reader needs. */
#ifndef LEAD_SCENARIO_DEFAULTS_H
#define LEAD_SCENARIO_DEFAULTS_H

enum { LEAD_DEFAULT_FLOWS_PER_PAIR = 16 };
#define LEAD_DEFAULT_FLOW_BYTES 1e5

#endif
