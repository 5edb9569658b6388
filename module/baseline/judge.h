/* Verdicts: a run's numbers against what is kept of an earlier one and what is expected. */
#ifndef LEAD_BASELINE_JUDGE_H
#define LEAD_BASELINE_JUDGE_H

#include "baseline/expect.h"
#include "baseline/file.h"
#include <lead/baseline.h>

/* Where nothing is expected: the part that a number may be away from the baseline's. */
#define LEAD_BASELINE_TOLERANCE 0.005
/* Of parts of the traffic that are lost: at least so much of what is offered. */
#define LEAD_BASELINE_LOSS 1e-4

/* What one policy's numbers are judged by. */
typedef struct lead_judged {
    const lead_scenario *scenario;
    const lead_summary *summary; /* its policies in the scenario's order, less those that failed */
    const lead_rules *rules;
    const lead_kept_policy *before; /* NULL: there is no baseline of it */
    int policy;                     /* of the summary */
} lead_judged;

/* Every metric's verdict; the policy's is the worst of them. LEAD_MEMORY. */
lead_status lead_judge(const lead_judged *what, lead_baseline_policy *out);

#endif
