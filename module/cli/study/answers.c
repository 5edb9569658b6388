/* What runs answer, in words and small tables of at most 80 columns. */
#include "cli/study/cells.h"
#include "cli/study/whatif.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME = LEAD_CELL_NAME, POLICY = LEAD_CELL_POLICY, LINE = 79 };

typedef struct printer {
    const lead_study *study;
    const lead_study_results *results;
} printer;

static const lead_study_row *row_of(const printer *self, const lead_study_result *line) {
    return &self->study->rows[line->row];
}

/* Of all seeds, of a variant that is not the undisturbed run. */
static bool is_answer(const printer *self, const lead_study_result *line) {
    return line->seeds > 0 && row_of(self, line)->against != line->row;
}

/* --- one variant ------------------------------------------------------------------------------ */

/* The first line of the only variant; NULL: there are more, or none. */
static const lead_study_result *only_variant(const printer *self) {
    const lead_study_result *first = NULL;
    for (int i = 0; i < self->results->count; i++) {
        const lead_study_result *line = &self->results->rows[i];
        if (!is_answer(self, line))
            continue;
        first = first ? first : line;
        if (strcmp(row_of(self, first)->variant, row_of(self, line)->variant) != 0)
            return NULL;
    }
    return first && first->parts[LEAD_STUDY_DURING].epochs > 0 ? first : NULL;
}

/* Three digits, "0.500". */
static const char *digits(double value, char text[32]) {
    if (isnan(value))
        snprintf(text, 32, "-");
    else
        snprintf(text, 32, "%#.3g", value);
    size_t length = strlen(text);
    if (length > 0 && text[length - 1] == '.')
        text[length - 1] = '\0';
    return text;
}

/* When it was well again; nothing where no event is to come back from. */
static const char *back(const lead_study_result *line, char text[40]) {
    double epochs = line->parts[LEAD_STUDY_DURING].back;
    if (!line->events)
        return "";
    if (isnan(epochs))
        return "; not back";
    if (epochs == 0)
        return "; back at once";
    snprintf(text, 40, "; back after %.3g epoch%s", epochs, epochs == 1 ? "" : "s");
    return text;
}

/* "hedged   MLU 0.883 (p99 1.17) instead of 0.653; 0.68 % lost; back after 1 epoch" with less words
 * where the line has no room. */
static void say(const printer *self, const lead_study_result *line, int width) {
    static const char *const forms[] = {
        "%-*s MLU %s (p99 %s) instead of %s; %s %% lost%s",
        "%-*s MLU %s (p99 %s), not %s; %s %% lost%s",
        "%-*s\n    MLU %s (p99 %s), not %s; %s %% lost%s",
    };
    const lead_study_part *part = &line->parts[LEAD_STUDY_DURING];
    double loss = 100 * part->values[LEAD_STUDY_LOSS];
    char mlu[32], p99[32], quiet[32], lost[32], when[40], text[1000], name[400];
    lead_printable(row_of(self, line)->policy, name, sizeof name);
    digits(loss, lost);
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text, forms[i], width, name,
                 digits(part->values[LEAD_STUDY_MLU_MEAN], mlu),
                 digits(part->values[LEAD_STUDY_MLU_P99], p99),
                 digits(part->undisturbed[LEAD_STUDY_MLU_MEAN], quiet), loss == 0 ? "0" : lost,
                 back(line, when));
        if (lead_cell_width(text) <= LINE)
            break;
    }
    printf("%s\n", text);
}

static int longest_policy(const printer *self) {
    int most = 0;
    for (int i = 0; i < self->results->count; i++) {
        int width = lead_cell_width(row_of(self, &self->results->rows[i])->policy);
        most = is_answer(self, &self->results->rows[i]) && width > most ? width : most;
    }
    return most > POLICY ? POLICY : most;
}

/* "2004-07-20 12:00". */
static const char *moment(int64_t time, char text[LEAD_TIME_LENGTH + 1]) {
    lead_time_format(time, text);
    text[10] = ' ';
    text[16] = '\0';
    return text;
}

static void explain(const printer *self, const lead_study_result *line) {
    const lead_study_part *part = &line->parts[LEAD_STUDY_DURING];
    const char *variant = row_of(self, line)->variant;
    char begins[LEAD_TIME_LENGTH + 1], ends[LEAD_TIME_LENGTH + 1], name[900];
    lead_printable(variant, name, sizeof name);
    if (!line->events) {
        printf("with %.*s, %s to %s UTC:\n%d epochs, instead of the same ones without.\n\n",
               lead_cell_cut(name, 30), name, moment(part->begin, begins), moment(part->end, ends),
               part->epochs);
        return;
    }
    printf("while %.*s last%s, %s to %s UTC:\n", lead_cell_cut(name, 30), name,
           strcmp(variant, "events") == 0 ? "" : "s", moment(part->begin, begins),
           moment(part->end, ends));
    printf("%d of %d epochs, instead of the same ones without. back: MLU over the optimum\n"
           "of that epoch at most 1.05, or 1.05 times what it is without the event.\n\n",
           part->epochs, line->epochs);
}

static void print_part(const char *policy, lead_study_period period, const lead_study_part *part) {
    const lead_study_change *change = &part->changes[0];
    double base = part->undisturbed[LEAD_STUDY_MLU_MEAN];
    lead_cell_name(POLICY, policy);
    printf(" %-6s %4d", lead_study_period_name(period), part->epochs);
    lead_cell(6, part->values[LEAD_STUDY_MLU_MEAN]);
    lead_cell(6, base);
    lead_cell_fixed(6, 1, base > 0 ? 100 * change->difference / base : NAN);
    lead_cell_fixed(6, 1, base > 0 ? 100 * change->low / base : NAN);
    lead_cell_fixed(6, 1, base > 0 ? 100 * change->high / base : NAN);
    lead_cell_fixed(6, 3, 100 * part->values[LEAD_STUDY_LOSS]);
    lead_cell(6, part->lost / 1e9);
    lead_cell_fixed(6, 1, part->lost_seconds);
    printf("\n");
}

static void print_parts(const printer *self) {
    printf("%-*s %-6s %4s %6s %6s %20s %6s %6s %6s\n", POLICY, "", "", "ep-", "MLU", "undis-",
           "change, % and 95 %", "lost", "lost", "lost,");
    printf("%-*s %-6s %4s %6s %6s %6s %6s %6s %6s %6s %6s\n", POLICY, "policy", "", "ochs", "mean",
           "turbed", "", "from", "to", "%", "GB", "s");
    for (int i = 0; i < self->results->count; i++) {
        const lead_study_result *line = &self->results->rows[i];
        for (int p = 0; p < LEAD_STUDY_PERIODS && is_answer(self, line); p++)
            if (line->parts[p].epochs > 0)
                print_part(row_of(self, line)->policy, (lead_study_period)p, &line->parts[p]);
    }
}

bool lead_whatif_answer(const lead_study *study, const lead_study_results *results) {
    printer self = {study, results};
    const lead_study_result *first = only_variant(&self);
    if (!first)
        return false;
    int width = longest_policy(&self);
    for (int i = 0; i < results->count; i++)
        if (is_answer(&self, &results->rows[i]) &&
            results->rows[i].parts[LEAD_STUDY_DURING].epochs > 0)
            say(&self, &results->rows[i], width);
    explain(&self, first);
    print_parts(&self);
    return true;
}

/* --- demand limits ---------------------------------------------------------------------------- */

static bool same_policy(const printer *self, const lead_study_result *a,
                        const lead_study_result *b) {
    return strcmp(row_of(self, a)->policy, row_of(self, b)->policy) == 0;
}

static bool has_limit(const lead_study_result *line) {
    return line->seeds > 0 && !isnan(line->demand_limit);
}

/* How many variants of the policy come before it: the undisturbed run, and those with less. */
static int place_of(const printer *self, const lead_study_result *line) {
    int place = 0;
    if (!is_answer(self, line))
        return 0;
    for (int i = 0; i < self->results->count; i++) {
        const lead_study_result *other = &self->results->rows[i];
        if (has_limit(other) && same_policy(self, line, other))
            place += !is_answer(self, other) || other->demand_limit < line->demand_limit ||
                     (other->demand_limit == line->demand_limit && other < line);
    }
    return place;
}

static void print_limit(const printer *self, const lead_study_result *line) {
    lead_cell_name(POLICY, row_of(self, line)->policy);
    printf(" ");
    lead_cell_name(NAME, row_of(self, line)->variant);
    lead_cell(6, line->demand_limit);
    lead_cell(8, line->demand_limit_high);
    printf("\n");
}

/* Of the policy of a line, which is its first. */
static void print_limits_of(const printer *self, const lead_study_result *first, int top) {
    for (int place = 0; place <= top; place++)
        for (int i = 0; i < self->results->count; i++) {
            const lead_study_result *line = &self->results->rows[i];
            if (has_limit(line) && same_policy(self, first, line) && place_of(self, line) == place)
                print_limit(self, line);
        }
}

static void print_limits(const printer *self, int top) {
    bool any = false;
    for (int i = 0; i < self->results->count; i++) {
        const lead_study_result *line = &self->results->rows[i];
        bool first = has_limit(line);
        for (int k = 0; k < i && first; k++)
            first = !has_limit(&self->results->rows[k]) ||
                    !same_policy(self, line, &self->results->rows[k]);
        if (!first)
            continue;
        if (!any)
            printf("\ndemand limit: the largest factor on all demands with MLU <= 1 in all epochs\n"
                   "%-*s %-*s  limit too much\n",
                   POLICY, "policy", NAME, "variant, least first");
        any = true;
        print_limits_of(self, line, top);
    }
}

/* --- links ------------------------------------------------------------------------------------ */

/* How many links of the policy are more loaded. */
static int busier(const printer *self, const lead_study_load *load) {
    int count = 0;
    for (int i = 0; i < self->results->load_count; i++) {
        const lead_study_load *other = &self->results->loads[i];
        count +=
            other->row == load->row && (other->utilisation > load->utilisation ||
                                        (other->utilisation == load->utilisation && other < load));
    }
    return count;
}

static void print_load(const printer *self, const lead_study_load *load) {
    lead_cell_name(POLICY, self->study->rows[load->row].policy);
    printf(" ");
    lead_cell_name(NAME, load->name);
    lead_cell(6, load->utilisation);
    lead_cell(7, load->undisturbed);
    printf(" %5d ", load->epoch);
    lead_cell_last(21, self->study->rows[load->worst].variant);
}

static void print_loads(const printer *self, int top) {
    if (self->results->load_count > 0 && top > 0)
        printf("\n%-*s %-*s  worst undist. epoch variant\n", POLICY, "policy", NAME,
               "most loaded links");
    for (int i = 0, from = 0; i < self->results->load_count; i++) {
        const lead_study_load *loads = self->results->loads;
        if (loads[i].row != loads[from].row)
            from = i;
        bool ends = i + 1 == self->results->load_count || loads[i + 1].row != loads[i].row;
        for (int place = 0; ends && place < top; place++)
            for (int k = from; k <= i; k++)
                if (!isnan(loads[k].utilisation) && busier(self, &loads[k]) == place)
                    print_load(self, &loads[k]);
    }
}

/* --- what is critical ------------------------------------------------------------------------- */

static void print_critical(const printer *self, int top) {
    bool any = false;
    for (int i = 0; i < self->results->critical_count; i++) {
        const lead_study_critical *it = &self->results->critical[i];
        const lead_study_row *row = row_of(self, &self->results->rows[it->line]);
        if (it->mlu_rank > top)
            continue;
        if (!any)
            printf("\n%-*s %-*s     MLU, loss, %%, between-\n", POLICY, "", NAME, "");
        if (!any)
            printf("%-*s %-*s    more       more    ness     rank\n", POLICY, "policy", NAME,
                   "critical, worst first");
        any = true;
        lead_cell_name(POLICY, row->policy);
        printf(" ");
        lead_cell_name(NAME, row->variant);
        lead_cell_fixed(8, 4, it->mlu);
        lead_cell_fixed(11, 3, 100 * it->loss);
        lead_cell_fixed(8, 1, it->betweenness);
        printf(" %8d\n", it->rank);
    }
}

/* --- availability ----------------------------------------------------------------------------- */

static void print_availability(const printer *self) {
    for (int i = 0; i < self->results->availability_count; i++) {
        const lead_study_availability *it = &self->results->availability[i];
        if (i == 0)
            printf("\navailability, by the links' probabilities: %d states, %.6f of the time\n"
                   "%-*s %-22s expected part carried\n",
                   it->states, it->probability, POLICY, "policy", "all traffic carried");
        lead_cell_name(POLICY, self->study->rows[it->row].policy);
        printf(" %.6f to %.6f   %.6f to %.6f\n", it->low, it->high, it->carried_low,
               it->carried_high);
    }
}

void lead_whatif_print_more(const lead_study *study, const lead_study_results *results,
                            const lead_whatif_view *view) {
    printer self = {study, results};
    int top = view->top < 3 ? view->top : 3;
    print_limits(&self, view->top);
    print_loads(&self, top);
    if (!only_variant(&self))
        print_critical(&self, top);
    print_availability(&self);
}
