/* The `expect:` of a scenario: what its numbers may be. */
#ifndef LEAD_BASELINE_EXPECT_H
#define LEAD_BASELINE_EXPECT_H

#include <lead/record.h>
#include <lead/scenario.h>

/* How one number is judged. */
typedef enum lead_rule_kind {
    LEAD_RULE_REL,   /* of the baseline's, at most this part away */
    LEAD_RULE_ABS,   /* of the baseline's, at most so far away */
    LEAD_RULE_MAX,   /* at most this */
    LEAD_RULE_MIN,   /* at least this */
    LEAD_RULE_BELOW, /* less than another policy's of this run */
    LEAD_RULE_ABOVE  /* more than it */
} lead_rule_kind;

typedef struct lead_rule {
    int policy; /* of the scenario; -1: all of them */
    int metric; /* of lead_summary_metric; -1: all of them */
    lead_rule_kind kind;
    double value;
    int other; /* policy, of BELOW and ABOVE */
} lead_rule;

typedef struct lead_rules {
    lead_rule *list;
    int count, room;
} lead_rules;

/* Reads the rules of a scenario's file; none where it has no `expect:`. LEAD_FORMAT, LEAD_INVALID
 * with file and line. */
lead_status lead_rules_read(const lead_scenario *scenario, lead_rules *out);
void lead_rules_free(lead_rules *rules);

#endif
