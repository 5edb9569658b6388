/* Values of keys that are stated beside the file: PATH=VALUE, on the texts before they are read. */
#ifndef LEAD_SCENARIO_OVERRIDES_H
#define LEAD_SCENARIO_OVERRIDES_H

#include "scenario/raw.h"

/* Puts the values in. LEAD_INVALID for a path that is no key, with those that there are. */
lead_status lead_overrides_apply(const lead_overrides *overrides, raw_scenario *raw);

#endif
