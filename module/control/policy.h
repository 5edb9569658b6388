/* What a controller asks of its policy. */
#ifndef LEAD_CONTROL_POLICY_H
#define LEAD_CONTROL_POLICY_H

#include <lead/control.h>

/* LEAD_INVALID naming what is missing or out of its range; `step`: s between TMs. */
lead_status lead_policy_check(const lead_policy *policy, int64_t step);

#endif
