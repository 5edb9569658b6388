/* What variants say about the network: see network.h. */
#include "study/answers/network.h"
#include "base/array.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct rater {
    const lead_study *study;
    const lead_states *states;
    lead_study_results *results;
} rater;

int lead_study_policy(const lead_study *study, int row) {
    int first = 0;
    while (strcmp(study->rows[first].policy, study->rows[row].policy) != 0)
        first++;
    return first;
}

/* --- availability ----------------------------------------------------------------------------- */

static void weigh(const lead_state *state, const lead_study_result *line,
                  lead_study_availability *to) {
    double p = state->probability;
    if (!state->counts || !(p > 0) || isnan(line->all_carried) || isnan(line->carried))
        return;
    to->states++;
    to->probability += p;
    to->low += p * line->all_carried;
    to->carried_low += p * line->carried;
}

/* Of a policy whose first row that is; of all variants that are states. */
static void rate_policy(const rater *self, int policy, lead_study_availability *to) {
    *to = (lead_study_availability){.row = policy};
    for (int i = 0; i < self->results->count; i++) {
        const lead_study_result *line = &self->results->rows[i];
        const lead_study_row *row = &self->study->rows[line->row];
        const lead_state *state =
            line->seeds > 0 ? lead_states_find(self->states, row->variant) : NULL;
        if (state && lead_study_policy(self->study, line->row) == policy)
            weigh(state, line, to);
    }
    double rest = fmax(0, 1 - to->probability);
    to->high = to->low + rest;
    to->carried_high = to->carried_low + rest;
}

static lead_status rate_all(rater *self) {
    lead_study_results *to = self->results;
    int room = 0;
    for (int i = 0; i < self->study->count && self->states->any; i++) {
        if (lead_study_policy(self->study, i) != i)
            continue;
        LEAD_TRY(lead_grow(&to->availability, sizeof *to->availability, to->availability_count, 1,
                           &room));
        rate_policy(self, i, &to->availability[to->availability_count]);
        to->availability_count += to->availability[to->availability_count].states > 0;
    }
    return LEAD_OK;
}

/* --- what is critical ------------------------------------------------------------------------- */

/* Policy by policy; links before nodes; the largest damage first, the earlier line of equal ones.
 */
static int most_damage_first(const void *a, const void *b) {
    const lead_study_critical *x = a, *y = b;
    if (x->mlu_rank != y->mlu_rank) /* the policy, until ranks are known */
        return x->mlu_rank - y->mlu_rank;
    if (x->node != y->node)
        return x->node ? 1 : -1;
    if (x->mlu != y->mlu)
        return x->mlu < y->mlu ? 1 : -1;
    return x->line - y->line;
}

static void rank_critical(lead_study_critical *list, int count) {
    int policy = -1, rank = 0;
    for (int i = 0; i < count; i++) {
        bool begins = list[i].mlu_rank != policy || (i > 0 && list[i].node != list[i - 1].node);
        policy = list[i].mlu_rank;
        rank = begins ? 1 : rank + 1;
        list[i].mlu_rank = rank;
    }
}

static lead_status find_critical(rater *self) {
    lead_study_results *to = self->results;
    int room = 0;
    for (int i = 0; i < to->count; i++) {
        const lead_study_result *line = &to->rows[i];
        const lead_study_part *during = &line->parts[LEAD_STUDY_DURING];
        const lead_state *state =
            line->seeds > 0 && during->epochs > 0
                ? lead_states_find(self->states, self->study->rows[line->row].variant)
                : NULL;
        if (!state || (state->link < 0 && state->node < 0) || isnan(during->changes[0].difference))
            continue;
        LEAD_TRY(lead_grow(&to->critical, sizeof *to->critical, to->critical_count, 1, &room));
        to->critical[to->critical_count++] = (lead_study_critical){
            .line = i,
            .node = state->node >= 0,
            .betweenness = state->node >= 0 ? self->states->node_betweenness[state->node]
                                            : self->states->link_betweenness[state->link],
            .rank = lead_states_rank(self->states, state),
            .mlu = during->changes[0].difference,
            .loss = during->values[LEAD_STUDY_LOSS] - during->undisturbed[LEAD_STUDY_LOSS],
            .mlu_rank = lead_study_policy(self->study, line->row)};
    }
    if (to->critical_count > 0)
        qsort(to->critical, (size_t)to->critical_count, sizeof *to->critical, most_damage_first);
    rank_critical(to->critical, to->critical_count);
    return LEAD_OK;
}

lead_status lead_network_rate(const lead_study *study, const lead_states *states,
                              lead_study_results *results) {
    rater self = {study, states, results};
    if (!states)
        return LEAD_OK;
    LEAD_TRY(rate_all(&self));
    return find_critical(&self);
}
