/* Tables of at most 80 columns; the answer first. */
#include "cli/study/whatif.h"
#include "cli/text/ranges.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 23, POLICY = 11, LINE = 79 };

/* --- cells ------------------------------------------------------------------------------------ */

/* A number in `width` columns with as many digits, of four, as have room; "-" for none. */
static void cell(int width, double value) {
    char text[40] = "-";
    for (int digits = 4; isfinite(value) && digits > 0; digits--)
        if (snprintf(text, sizeof text, "%#.*g", digits, value) <= width)
            break;
    printf(" %*s", width, text);
}

/* With so many decimals, fewer where they have no room. */
static void cell_fixed(int width, int decimals, double value) {
    char text[400] = "-";
    for (; isfinite(value) && decimals >= 0; decimals--)
        if (snprintf(text, sizeof text, "%.*f", decimals, value) <= width)
            break;
    if ((int)strlen(text) > width)
        snprintf(text, sizeof text, "%.0e", value);
    printf(" %*s", width, text);
}

/* How many columns a text of UTF-8 takes, about: its letters. */
static int width_of(const char *text) {
    int width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

/* A name in its column; a longer one gets a line of its own, cut where that is not enough. */
static void print_name(int width, const char *name) {
    char shown[900];
    lead_printable(name, shown, sizeof shown);
    int taken = width_of(shown);
    if (taken <= width) {
        printf("%s%*s", shown, width - taken, "");
        return;
    }
    char *end = shown;
    for (int letters = 0; *end; end++) {
        letters += ((unsigned char)*end & 0xC0) != 0x80;
        if (letters > LINE - 3)
            break;
    }
    bool cut = *end;
    *end = '\0';
    printf("%s%s\n%*s", shown, cut ? "..." : "", width, "");
}

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

static double percent(double part, double whole) {
    return whole > 0 ? 100 * part / whole : NAN;
}

static void print_worst(const printer *self, const ranking *of) {
    const lead_study_result *line = of->lines[0], *before = undisturbed_of(self, line);
    const lead_study_change *change = &line->changes[0];
    double base = before ? before->values[LEAD_STUDY_MLU_MEAN] : NAN;
    print_name(POLICY, of->policy);
    printf(" ");
    print_name(NAME, row_of(self, line)->variant);
    if (width_of(row_of(self, line)->variant) > NAME)
        printf("%*s", POLICY + 1, "");
    cell(6, line->values[LEAD_STUDY_MLU_MEAN]);
    cell(7, base);
    cell_fixed(7, 1, percent(change->difference, base));
    cell_fixed(7, 1, percent(change->low, base));
    cell_fixed(7, 1, percent(change->high, base));
    printf("\n");
}

static void print_line(const printer *self, const lead_study_result *line) {
    print_name(NAME, row_of(self, line)->variant);
    cell(6, line->values[LEAD_STUDY_MLU_MEAN]);
    cell(6, line->values[LEAD_STUDY_MLU_P99]);
    cell(6, line->values[LEAD_STUDY_OVER_KNOWN]);
    cell_fixed(6, 3, 100 * line->values[LEAD_STUDY_LOSS]);
    cell_fixed(5, 2, 100 * line->values[LEAD_STUDY_CUT_OFF]);
    cell_fixed(6, 1, 1e3 * line->values[LEAD_STUDY_DELAY]);
    cell_fixed(5, 1, 100 * line->values[LEAD_STUDY_MOVED]);
    cell_fixed(6, 1, line->values[LEAD_STUDY_RECOVERY]);
    printf("\n");
}

static void print_policy(const printer *self, const ranking *of) {
    const lead_study_result *before = undisturbed_of(self, of->lines[0]);
    char shown[400];
    printf("\npolicy %s, worst %s first\n", lead_printable(of->policy, shown, sizeof shown),
           lead_study_value_name((int)self->view->by));
    printf("%-*s    MLU        over   lost   cut  delay moved recov.\n", NAME, "");
    printf("%-*s   mean    p99  optim.     %%     %%     ms     %% epochs\n", NAME, "variant");
    for (int i = 0; i < of->count && i < self->view->top; i++)
        print_line(self, of->lines[i]);
    if (of->count > self->view->top)
        printf("... and %d that are less bad\n", of->count - self->view->top);
    if (before && before != of->lines[0] && !is_undisturbed(self, of->lines[0]))
        print_line(self, before);
}

static void print_all(const printer *self, ranking *of) {
    const lead_study *study = self->study;
    printf("%-*s %-*s    MLU undist.  change of MLU, %% and 95 %%\n", POLICY, "policy", NAME,
           "worst variant");
    for (int i = 0; i < study->count; i++) {
        of->policy = study->rows[i].policy;
        if (!begins_policy(study, i))
            continue;
        rank(self, of);
        if (of->count > 0)
            print_worst(self, of);
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
    printer self = {study, results, view};
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
