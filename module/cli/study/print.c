/* Tables of at most 80 columns; the answer first. */
#include "cli/study/cells.h"
#include "cli/study/whatif.h"
#include "cli/text/ranges.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = LEAD_CELL_NAME, POLICY = LEAD_CELL_POLICY };

/* --- what is shown ---------------------------------------------------------------------------- */

/* Lines of all seeds together of one policy: variants, the worst first. */
typedef struct ranking {
    const char *policy;
    const lead_study_result **lines;
    int count;
} ranking;

typedef struct printer {
    const lead_study *study;
    const lead_study_results *results;
    const lead_whatif_view *view;
    bool ranked; /* there is more than one variant to choose the worst from */
} printer;

static const lead_study_row *row_of(const printer *self, const lead_study_result *line) {
    return &self->study->rows[line->row];
}

static bool is_undisturbed(const printer *self, const lead_study_result *line) {
    return row_of(self, line)->against == line->row;
}

/* The undisturbed line that one is compared with; NULL: there is none. */
static const lead_study_result *undisturbed_of(const printer *self, const lead_study_result *line) {
    for (int i = 0; i < self->results->count; i++)
        if (self->results->rows[i].seeds > 0 &&
            self->results->rows[i].row == row_of(self, line)->against)
            return &self->results->rows[i];
    return NULL;
}

/* Whether a is worse than b; what is as bad keeps the table's order. */
static bool is_worse(const lead_study_result *a, const lead_study_result *b, lead_study_value by) {
    double x = a->values[by], y = b->values[by];
    return isnan(x) ? false : isnan(y) ? true : x > y;
}

static void insert(ranking *to, const lead_study_result *line, lead_study_value by) {
    int at = to->count++;
    for (; at > 0 && is_worse(line, to->lines[at - 1], by); at--)
        to->lines[at] = to->lines[at - 1];
    to->lines[at] = line;
}

/* Whether anything but undisturbed runs is among the results. */
static bool any_variant(const printer *self) {
    for (int i = 0; i < self->results->count; i++)
        if (!is_undisturbed(self, &self->results->rows[i]))
            return true;
    return false;
}

static void rank(const printer *self, ranking *to) {
    bool variants = any_variant(self);
    to->count = 0;
    for (int i = 0; i < self->results->count; i++) {
        const lead_study_result *line = &self->results->rows[i];
        if (line->seeds > 0 && strcmp(row_of(self, line)->policy, to->policy) == 0 &&
            is_undisturbed(self, line) != variants)
            insert(to, line, self->view->by);
    }
}

/* Whether a row is the first of its policy in the table. */
static bool begins_policy(const lead_study *study, int row) {
    for (int i = 0; i < row; i++)
        if (strcmp(study->rows[i].policy, study->rows[row].policy) == 0)
            return false;
    return true;
}

/* --- tables ----------------------------------------------------------------------------------- */

/* The worst variant of a policy, where the busiest link is named as far as the line has room. */
static void print_worst(const printer *self, const ranking *of) {
    const lead_study_result *line = of->lines[0], *before = undisturbed_of(self, line);
    const char *variant = row_of(self, line)->variant;
    lead_cell_name(POLICY, of->policy);
    printf(" ");
    lead_cell_name(NAME, variant);
    if (lead_cell_width(variant) > NAME)
        printf("%*s", POLICY + 1, "");
    lead_cell(6, line->values[LEAD_STUDY_MLU_MEAN]);
    lead_cell(7, before ? before->values[LEAD_STUDY_MLU_MEAN] : NAN);
    lead_cell_fixed(7, 3, 100 * line->values[LEAD_STUDY_LOSS]);
    printf(" ");
    lead_cell_last(20, *line->busiest ? line->busiest : "-");
}

/* How much more the MLU of the worst one is. */
static void print_change(const printer *self, const lead_study_result *line) {
    const lead_study_result *before = undisturbed_of(self, line);
    const lead_study_change *change = &line->changes[0];
    double base = before ? before->values[LEAD_STUDY_MLU_MEAN] : NAN;
    if (isnan(change->difference) || !(base > 0) || is_undisturbed(self, line))
        return;
    printf("MLU of the first one: %+.1f %%", 100 * change->difference / base);
    if (isfinite(change->low) && isfinite(change->high))
        printf(", 95 %% interval %+.1f to %+.1f %%", 100 * change->low / base,
               100 * change->high / base);
    printf("\n");
}

static void print_line(const printer *self, const lead_study_result *line) {
    lead_cell_name(NAME, row_of(self, line)->variant);
    lead_cell(6, line->values[LEAD_STUDY_MLU_MEAN]);
    lead_cell(6, line->values[LEAD_STUDY_MLU_P99]);
    lead_cell(6, line->values[LEAD_STUDY_OVER_KNOWN]);
    lead_cell_fixed(6, 3, 100 * line->values[LEAD_STUDY_LOSS]);
    lead_cell_fixed(5, 2, 100 * line->values[LEAD_STUDY_CUT_OFF]);
    lead_cell_fixed(6, 1, 1e3 * line->values[LEAD_STUDY_DELAY]);
    lead_cell_fixed(5, 1, 100 * line->values[LEAD_STUDY_MOVED]);
    lead_cell_fixed(6, 1, line->values[LEAD_STUDY_RECOVERY]);
    printf("\n");
}

static void print_policy(const printer *self, const ranking *of) {
    const lead_study_result *before = undisturbed_of(self, of->lines[0]);
    char shown[400];
    lead_printable(of->policy, shown, sizeof shown);
    printf("\npolicy %.*s, worst %s first\n", lead_cell_cut(shown, 40), shown,
           lead_study_value_name((int)self->view->by));
    if (self->ranked)
        print_change(self, of->lines[0]);
    printf("%-*s    MLU        over   lost   cut  delay moved recov.\n", NAME, "");
    printf("%-*s   mean    p99  optim.     %%     %%     ms     %% epochs\n", NAME, "variant");
    for (int i = 0; i < of->count && i < self->view->top; i++)
        print_line(self, of->lines[i]);
    if (of->count > self->view->top)
        printf("... and %d that are less bad\n", of->count - self->view->top);
    if (before && before != of->lines[0] && !is_undisturbed(self, of->lines[0]))
        print_line(self, before);
}

/* The worst variant of each policy. */
static void print_worst_of_each(const printer *self, ranking *of) {
    const lead_study *study = self->study;
    printf("%-*s %-*s    MLU undist. lost, %% busiest link\n", POLICY, "policy", NAME,
           "worst variant");
    for (int i = 0; i < study->count; i++) {
        of->policy = study->rows[i].policy;
        if (!begins_policy(study, i))
            continue;
        rank(self, of);
        if (of->count > 0)
            print_worst(self, of);
    }
}

/* A cut network has less traffic, and so a small MLU: its worst variant is another one. */
static void print_most_cut(const printer *self) {
    const lead_study_result *most = NULL;
    double cut = 0;
    for (int i = 0; i < self->results->count; i++) {
        const lead_study_result *line = &self->results->rows[i];
        if (line->seeds == 0 || !(line->values[LEAD_STUDY_CUT_OFF] > cut))
            continue;
        most = line;
        cut = line->values[LEAD_STUDY_CUT_OFF];
    }
    if (!most)
        return;
    char name[900];
    lead_printable(row_of(self, most)->variant, name, sizeof name);
    printf("most cut off, which no MLU counts: %.*s, %.3g %% of the demand\n",
           lead_cell_cut(name, NAME), name, 100 * cut);
}

static void print_all(printer *self, ranking *of) {
    const lead_study *study = self->study;
    self->ranked = !lead_whatif_answer(self->study, self->results);
    if (self->ranked) {
        print_worst_of_each(self, of);
        print_most_cut(self);
    }
    for (int i = 0; i < study->count && self->view->top > 0; i++) {
        of->policy = study->rows[i].policy;
        if (!begins_policy(study, i))
            continue;
        rank(self, of);
        if (of->count > 0)
            print_policy(self, of);
    }
}

lead_status lead_whatif_print(const lead_study *study, const lead_study_results *results,
                              const lead_whatif_view *view) {
    printer self = {study, results, view, true};
    ranking of = {0};
    int whole = 0;
    for (int i = 0; i < results->count; i++)
        whole += results->rows[i].seeds > 0;
    if (whole == 0) {
        printf("No variant is whole yet.\n");
        return LEAD_OK;
    }
    LEAD_TRY(lead_calloc((size_t)results->count, sizeof(lead_study_result *), &of.lines));
    print_all(&self, &of);
    lead_whatif_print_more(study, results, view);
    free(of.lines);
    return LEAD_OK;
}

/* --- what is not there ------------------------------------------------------------------------ */

lead_status lead_whatif_check_missing(const lead_study *study, const lead_study_results *results) {
    char list[400];
    int count = results->missing_count;
    if (count == 0)
        return LEAD_OK;
    int shown = lead_cli_ranges(results->missing, count, 1, ", ", list, sizeof list);
    return lead_fail(LEAD_INVALID, "%d of %d rows are missing: %s%s (`lead whatif %s` runs them)",
                     count, study->count, list, shown < count ? ", ..." : "", study->out);
}

static bool is_new_reason(const lead_study_failure *failures, int index) {
    for (int i = 0; i < index; i++)
        if (strcmp(failures[i].why, failures[index].why) == 0)
            return false;
    return true;
}

void lead_whatif_say_failures(const lead_study *study, const lead_study_failure *failures,
                              int count) {
    for (int i = 0; i < count; i++) {
        const lead_study_row *row = &study->rows[failures[i].row];
        int others = 0;
        if (!is_new_reason(failures, i))
            continue;
        for (int j = i + 1; j < count; j++)
            others += strcmp(failures[j].why, failures[i].why) == 0;
        char more[40] = "";
        if (others > 0)
            snprintf(more, sizeof more, " and %d others", others);
        lead_log(LEAD_LOG_WARNING, "row %d (%.60s, %.40s, seed %llu)%s failed: %s",
                 failures[i].row + 1, row->variant, row->policy, (unsigned long long)row->seed,
                 more, failures[i].why);
    }
}
