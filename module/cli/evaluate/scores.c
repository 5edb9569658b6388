/* See scores.h. */
#include "cli/evaluate/scores.h"
#include "cli/text/label.h"
#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* A number in `width` columns with `decimals`, fewer where it needs the room; "-" for none. */
static void cell(int width, int decimals, double value) {
    char text[400];
    if (!isfinite(value)) {
        printf(" %*s", width, "-");
        return;
    }
    if (fabs(value) < 1e-12) /* no "-0.000" from rounding */
        value = 0;
    while (snprintf(text, sizeof text, "%.*f", decimals, value) > width && decimals > 0)
        decimals--;
    if ((int)strlen(text) > width)
        snprintf(text, sizeof text, "%.0e", value);
    printf(" %*s", width, text);
}

static void label_of(const lead_cli_scores *self, const char *predictor,
                     char label[LEAD_CLI_LABEL + 1]) {
    const lead_cli_list *asked = self->predictors;
    int index = 0;
    while (index < asked->count - 1 && strcmp(asked->values[index], predictor) != 0)
        index++;
    lead_cli_label(asked->values, asked->count, index, label);
}

static void print_name(const lead_cli_scores *self, const char *predictor, int horizon) {
    char label[LEAD_CLI_LABEL + 1];
    label_of(self, predictor, label);
    printf("%-*s %3d", LEAD_CLI_LABEL, label, horizon);
}

static void print_marginal(const lead_cli_scores *self, const lead_evaluate_row *row) {
    const lead_evaluation_result *scores = &row->scores;
    print_name(self, row->predictor, row->horizon);
    cell(7, 0, (double)scores->windows);
    cell(6, 4, scores->nrmse);
    cell(6, 4, scores->nmae);
    cell(7, 4, scores->od_rmse);
    cell(6, 4, scores->ncrps);
    cell(5, 3, scores->coverage[2]);
    cell(6, 3, scores->width_90);
    cell(5, 2, scores->collapse);
    printf("\n");
    fflush(stdout);
}

static void print_joint(const lead_cli_scores *self, const lead_evaluate_row *row) {
    const lead_evaluation_result *scores = &row->scores;
    print_name(self, row->predictor, row->horizon);
    cell(8, 4, scores->crps_sum);
    cell(10, 4, scores->link_ncrps);
    cell(6, 4, scores->energy);
    cell(5, 3, scores->coverage[0]);
    cell(5, 3, scores->coverage[1]);
    cell(5, 3, scores->coverage[3]);
    cell(10, 4, row->seconds_per_forecast);
    printf("\n");
}

/* Whether the row above it, of the same predictor, has not said so. */
static bool is_new_reason(lead_cli_scores *self, const lead_evaluate_row *row) {
    char reason[sizeof self->reason];
    snprintf(reason, sizeof reason, "%s: %s", row->predictor, row->unserved);
    bool is_new = strcmp(reason, self->reason) != 0;
    memcpy(self->reason, reason, sizeof reason);
    return is_new;
}

/* A terminal, or a file that takes both. */
static bool is_one_file(FILE *a, FILE *b) {
    struct stat one, other;
    return fstat(fileno(a), &one) == 0 && fstat(fileno(b), &other) == 0 &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* A row of "-" with the reason below; to standard error, too, for who reads a file. */
static void print_unserved(lead_cli_scores *self, const lead_evaluate_row *row) {
    static const int widths[] = {7, 6, 6, 7, 6, 5, 6, 5};
    print_name(self, row->predictor, row->horizon);
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        cell(widths[i], 0, NAN);
    printf("\n");
    if (!is_new_reason(self, row))
        return;
    printf("    %s\n", row->unserved);
    fflush(stdout);
    if (!is_one_file(stdout, stderr))
        fprintf(stderr, "lead: %s, %d ahead: %s\n", row->predictor, row->horizon, row->unserved);
}

void lead_cli_scores_row(const lead_evaluate_row *row, void *data) {
    lead_cli_scores *self = data;
    if (!self->begun)
        printf(
            "predictor              h windows  nrmse   nmae od_rmse  ncrps cov90  width coll.\n");
    self->begun = true;
    if (row->unserved) {
        print_unserved(self, row);
        return;
    }
    self->rows[self->row_count++] = *row;
    print_marginal(self, row);
}

void lead_cli_scores_difference(const lead_evaluate_difference *difference, void *data) {
    lead_cli_scores *self = data;
    self->differences[self->difference_count++] = *difference;
}

void lead_cli_scores_progress(const char *predictor, int done, int all, void *data) {
    (void)data;
    fprintf(stderr, "\r%.40s: %d of %d windows\033[K%s", predictor, done, all,
            done == all ? "\r\033[K" : "");
    fflush(stderr);
}

/* What a predictor made of its time budget; once, though it has a row for each horizon. */
static void print_steps(const lead_cli_scores *self, int index) {
    const lead_evaluate_row *row = &self->rows[index];
    char label[LEAD_CLI_LABEL + 1];
    if (row->diffusion_steps <= 0 || (index > 0 && row[-1].predictor == row->predictor))
        return;
    label_of(self, row->predictor, label);
    printf("\n%s: budget %g ms, diffusion steps %.3g on average\n", label, 1e3 * self->budget,
           row->diffusion_steps);
}

static void print_path(const lead_cli_scores *self, const lead_evaluate_row *row) {
    const lead_path_result *paths = &row->paths;
    print_name(self, row->predictor, row->horizon);
    cell(9, 4, paths->link_peak_crps);
    cell(8, 4, paths->peak_mlu_crps);
    cell(5, 3, paths->peak_mlu_coverage_90);
    cell(11, 4, paths->path_energy);
    cell(9, 4, paths->variogram);
    cell(6, 3, paths->roughness);
    printf("\n");
}

static void print_paths(const lead_cli_scores *self) {
    bool begun = false;
    for (int i = 0; i < self->row_count; i++) {
        if (self->rows[i].paths.windows == 0)
            continue;
        if (!begun)
            printf("\nwhole paths            h link_peak peak_mlu cov90 path_energy variogram "
                   "rough.\n");
        begun = true;
        print_path(self, &self->rows[i]);
    }
}

static void print_differences(const lead_cli_scores *self) {
    char label[LEAD_CLI_LABEL + 1];
    if (self->difference_count == 0)
        return;
    label_of(self, self->against, label);
    printf("\nagainst %s\npredictor              h score          difference, %%  95 %% interval\n",
           label);
    for (int i = 0; i < self->difference_count; i++) {
        const lead_evaluate_difference *of = &self->differences[i];
        print_name(self, of->predictor, of->horizon);
        printf(" %-16s", lead_score_name(of->score));
        cell(11, 2, 100 * of->difference);
        cell(8, 2, 100 * of->low);
        printf(" to");
        cell(6, 2, 100 * of->high);
        printf("\n");
    }
}

void lead_cli_scores_print(const lead_cli_scores *self) {
    printf("\npredictor              h crps_sum link_ncrps energy cov50 cov80 cov95 s/forecast\n");
    for (int i = 0; i < self->row_count; i++)
        print_joint(self, &self->rows[i]);
    for (int i = 0; i < self->row_count && self->budget > 0; i++)
        print_steps(self, i);
    print_paths(self);
    print_differences(self);
}
