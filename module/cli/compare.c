/* `lead compare`: two runs, or policies of one run: better, worse, or chance. */
#include "cli/cli.h"
#include <jansson.h>
#include <lead/compare.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_RUNS = 256 };

typedef struct side {
    char *text; /* the list, cut at its commas */
    const char *runs[MOST_RUNS];
    int count;
} side;

typedef struct command {
    lead_cli_list policies, metrics;
    const char *effect, *confidence, *seed, *json;
    side sides[2];
    int side_count;
    lead_compare_request request;
    lead_compare_table *table;
} command;

/* --- arguments -------------------------------------------------------------------------------- */

/* A name with a comma in it that is there is one run. */
static bool is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static lead_status split(const char *list, side *out) {
    LEAD_TRY(lead_string_copy(list, &out->text));
    char *at = out->text;
    while (at) {
        char *comma = is_folder(list) ? NULL : strchr(at, ',');
        if (comma)
            *comma = '\0';
        if (!*at)
            return lead_fail(LEAD_INVALID, "compare: \"%.60s\" names a run of no name", list);
        if (out->count == MOST_RUNS)
            return lead_fail(LEAD_INVALID, "compare: more than %d runs", MOST_RUNS);
        out->runs[out->count++] = at;
        at = comma ? comma + 1 : NULL;
    }
    return LEAD_OK;
}

static void read_numbers(command *self) {
    lead_compare_options *options = &self->request.options;
    double effect, confidence, seed = 1;
    *options = lead_compare_defaults();
    effect = 100 * options->effect;
    confidence = 100 * options->confidence;
    lead_cli_number(self->effect, &effect);
    lead_cli_number(self->confidence, &confidence);
    lead_cli_number(self->seed, &seed);
    options->effect = effect / 100;
    options->confidence = confidence / 100;
    options->seed = (uint64_t)seed;
}

static lead_status fill_request(command *self) {
    lead_compare_request *request = &self->request;
    const side *a = &self->sides[0], *b = &self->sides[1];
    request->runs_a = a->runs;
    request->runs_b = self->side_count == 2 ? b->runs : NULL;
    request->run_count = a->count;
    request->policies = self->policies.values;
    request->policy_count = self->policies.count;
    request->metrics = self->metrics.values;
    request->metric_count = self->metrics.count;
    if (self->side_count == 2 && a->count != b->count)
        return lead_fail(LEAD_INVALID,
                         "compare: %d runs against %d: name as many on both sides, in the order of "
                         "their seeds (compare a1,a2 b1,b2)",
                         a->count, b->count);
    return LEAD_OK;
}

static lead_status parse(int argc, char **argv, command *self) {
    const lead_cli_option options[] = {
        {"policy", NULL, NULL, &self->policies}, {"metric", NULL, NULL, &self->metrics},
        {"effect", &self->effect, NULL, NULL},   {"confidence", &self->confidence, NULL, NULL},
        {"seed", &self->seed, NULL, NULL},       {"json", &self->json, NULL, NULL},
    };
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, options, sizeof options / sizeof *options, &rest, &count));
    if (count < 1 || count > 2)
        return lead_fail(
            LEAD_INVALID,
            "compare takes two runs, `lead compare RUN_A RUN_B`, or one and two of its "
            "policies, `lead compare RUN --policy A --policy B`");
    for (int i = 0; i < count; i++)
        LEAD_TRY(split(rest[i], &self->sides[self->side_count++]));
    read_numbers(self);
    return fill_request(self);
}

/* --- output ----------------------------------------------------------------------------------- */

/* A number in `width` columns with as many digits, of four, as have room; "-" for none. */
static void cell(int width, double value) {
    char text[40] = "-";
    for (int digits = 4; isfinite(value) && digits > 0; digits--)
        if (snprintf(text, sizeof text, "%#.*g", digits, value) <= width)
            break;
    printf(" %*s", width, text);
}

/* Per cent with two decimals, fewer where they have no room. */
static void cell_percent(int width, double value) {
    char text[400] = "-";
    for (int decimals = 2; isfinite(value) && decimals >= 0; decimals--)
        if (snprintf(text, sizeof text, "%.*f", decimals, fabs(value) < 5e-3 ? 0 : value) <= width)
            break;
    if ((int)strlen(text) > width)
        snprintf(text, sizeof text, "%.1g", value);
    printf(" %*s", width, text);
}

static void print_row(const lead_compare_row *row) {
    const lead_compare_estimate *estimate = &row->estimate;
    char label[40];
    bool mean = row->statistic == LEAD_COMPARE_MEAN;
    double percent = estimate->a != 0            ? 100 / fabs(estimate->a)
                     : estimate->difference == 0 ? 0
                                                 : NAN;
    snprintf(label, sizeof label, "%s%s%s", row->metric, mean ? "" : " ",
             mean ? "" : lead_compare_statistic_name(row->statistic));
    printf("%-20s", label);
    cell(8, estimate->a);
    cell(8, estimate->b);
    cell_percent(7, percent * estimate->difference);
    cell_percent(7, percent * estimate->low);
    cell_percent(7, percent * estimate->high);
    printf("  %s\n", row->verdict == LEAD_COMPARE_TOO_FEW ? "too few epochs"
                     : row->judged                        ? lead_compare_verdict_text(row->verdict)
                                                          : "-");
    if (estimate->a == 0 && estimate->difference != 0)
        printf("    B - A: %.4g, %.4g .. %.4g\n", estimate->difference, estimate->low,
               estimate->high);
    if (estimate->used < estimate->epochs)
        printf("    over the %d of %d epochs in which both have a value\n", estimate->used,
               estimate->epochs);
}

static bool begins_pair(const lead_compare_table *table, int index) {
    const lead_compare_row *rows = table->rows;
    return index == 0 || strcmp(rows[index].policy_a, rows[index - 1].policy_a) != 0 ||
           strcmp(rows[index].policy_b, rows[index - 1].policy_b) != 0;
}

static void print_side(const char *letter, const side *runs) {
    printf("%s: %s", letter, runs->runs[0]);
    for (int i = 1; i < runs->count; i++)
        printf(",\n   %s", runs->runs[i]);
    printf("\n");
}

static int count_of(const lead_compare_table *table, lead_compare_verdict verdict) {
    int count = 0;
    for (int i = 0; i < table->row_count; i++)
        count += table->rows[i].verdict == verdict;
    return count;
}

static int count_judged(const lead_compare_table *table) {
    int count = 0;
    for (int i = 0; i < table->row_count; i++)
        count += table->rows[i].judged;
    return count;
}

static void print_legend(const command *self) {
    const lead_compare_options *options = &self->request.options;
    printf("\nLess is better. Verdicts are on B, at %g %% for all %d rows together (Holm);\n"
           "intervals are of each row by itself. No difference: none of %g %% or more.\n",
           100 * options->confidence, count_judged(self->table), 100 * options->effect);
    if (count_of(self->table, LEAD_COMPARE_TOO_FEW) > 0)
        printf("Too few epochs: they do not tell whether it is better, worse or no different.\n");
}

static void print_table(const command *self) {
    const lead_compare_table *table = self->table;
    print_side("A", &self->sides[0]);
    print_side("B", &self->sides[self->side_count - 1]);
    printf("%d epochs", table->epochs);
    if (table->seeds > 1 && table->distinct > 1)
        printf("; %d runs a side, of %d traffics", table->seeds, table->distinct);
    else if (table->seeds > 1)
        printf("; %d runs a side, of one traffic", table->seeds);
    printf("\n");
    for (int i = 0; i < table->row_count; i++) {
        const lead_compare_row *row = &table->rows[i];
        if (begins_pair(table, i)) {
            char a[200], b[200];
            lead_printable(row->policy_a, a, sizeof a);
            lead_printable(row->policy_b, b, sizeof b);
            if (strcmp(a, b) == 0)
                printf("\npolicy %s\n", a);
            else
                printf("\npolicy A: %s, B: %s\n", a, b);
            printf("metric                      A        B B-A, %%   %5.4g %% interval  verdict\n",
                   100 * self->request.options.confidence);
        }
        print_row(row);
    }
    print_legend(self);
}

/* --- the command ------------------------------------------------------------------------------ */

static lead_status run(int argc, char **argv, command *self) {
    LEAD_TRY(lead_calloc((size_t)argc, sizeof(char *), &self->policies.values));
    LEAD_TRY(lead_calloc((size_t)argc, sizeof(char *), &self->metrics.values));
    LEAD_TRY(parse(argc, argv, self));
    LEAD_TRY(lead_compare_runs(&self->request, &self->table));
    print_table(self);
    fflush(stdout);
    return self->json ? lead_compare_write_json(&self->request, self->table, self->json) : LEAD_OK;
}

lead_status lead_cli_compare(int argc, char **argv) {
    command self = {0};
    lead_status status = run(argc, argv, &self);
    lead_compare_table_free(self.table);
    free(self.policies.values);
    free(self.metrics.values);
    free(self.sides[0].text);
    free(self.sides[1].text);
    return status;
}
