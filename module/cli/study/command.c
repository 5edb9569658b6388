/* `lead whatif`: a scenario and what is varied of it, as a table of runs, and what they say. */
#include "cli/cli.h"
#include "cli/study/slurm/slurm.h"
#include "cli/study/whatif.h"
#include <lead/run.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OWN_OPTIONS = 25, DEFAULT_TOP = 5, DEFAULT_WITHIN = 5 /* % */ };

typedef struct command {
    lead_cli_overrides changes;
    const char *out, *data, *jobs_text, *seeds_text, *worst_text, *row_text, *top_text, *by_text;
    const char *at, *lasts, *threads_text, *tasks_text;
    lead_cli_list sbatch;
    const char *values[LEAD_STUDY_KINDS]; /* of studies that take one */
    bool flags[LEAD_STUDY_KINDS];         /* of those that take none */
    bool plan, gather, clean, slurm, submit, demand_limit;
    const char *within_text;
    const char *what; /* a scenario, or the folder of a table */
    char folder[400]; /* where none was named */
    lead_study_request request;
    lead_study_options options;
    lead_whatif_view view;
    lead_slurm_options jobs; /* of Slurm */
    int row;                 /* from 0; -1: all */
    double within;           /* of links.csv, a fraction */
    lead_study *study;
    lead_study_failure *failures;
    int failure_count;
} command;

/* --- arguments -------------------------------------------------------------------------------- */

static lead_status parse(int argc, char **argv, command *self) {
    lead_cli_option options[OWN_OPTIONS + LEAD_STUDY_KINDS] = {
        {"out", &self->out, NULL, NULL},
        {"data", &self->data, NULL, NULL},
        {"jobs", &self->jobs_text, NULL, NULL},
        {"set", NULL, NULL, &self->changes.sets},
        {"engine", &self->changes.engine, NULL, NULL},
        {"policy", &self->changes.policies, NULL, NULL},
        {"event", NULL, NULL, &self->changes.events},
        {"seeds", &self->seeds_text, NULL, NULL},
        {"worst", &self->worst_text, NULL, NULL},
        {"at", &self->at, NULL, NULL},
        {"for", &self->lasts, NULL, NULL},
        {"row", &self->row_text, NULL, NULL},
        {"top", &self->top_text, NULL, NULL},
        {"by", &self->by_text, NULL, NULL},
        {"plan", NULL, &self->plan, NULL},
        {"gather", NULL, &self->gather, NULL},
        {"clean", NULL, &self->clean, NULL},
        {"threads", &self->threads_text, NULL, NULL},
        {"slurm", NULL, &self->slurm, NULL},
        {"submit", NULL, &self->submit, NULL},
        {"sbatch", NULL, NULL, &self->sbatch},
        {"tasks", &self->tasks_text, NULL, NULL},
        {"demand-limit", NULL, &self->demand_limit, NULL},
        {"within", &self->within_text, NULL, NULL},
    };
    char **rest;
    int count, own = OWN_OPTIONS - 1;
    for (int i = 0; i < LEAD_STUDY_KINDS; i++) {
        const lead_study_kind *kind = lead_study_kind_at(i);
        options[own++] = kind->value ? (lead_cli_option){kind->name, &self->values[i], NULL, NULL}
                                     : (lead_cli_option){kind->name, NULL, &self->flags[i], NULL};
    }
    LEAD_TRY(lead_cli_parse(argc, argv, options, own, &rest, &count));
    if (count != 1)
        return lead_fail(LEAD_INVALID, "whatif takes one scenario, or the folder of its table");
    self->what = rest[0];
    return LEAD_OK;
}

static lead_status read_view(command *self) {
    double top = DEFAULT_TOP, within = DEFAULT_WITHIN;
    lead_cli_number(self->within_text, &within);
    self->within = within / 100;
    lead_cli_number(self->top_text, &top);
    self->view.top = (int)top;
    self->view.by = LEAD_STUDY_MLU_MEAN;
    lead_nearest nearest = {.word = self->by_text};
    for (int i = 0; self->by_text && i <= LEAD_STUDY_VALUES; i++) {
        const char *name = lead_study_value_name(i);
        if (!name)
            return lead_fail(LEAD_INVALID,
                             "--by: \"%.40s\" is no value of whatif.csv (mlu_mean, loss_fraction, "
                             "cut_off_fraction, ...)%s",
                             self->by_text, lead_nearest_hint(&nearest));
        lead_nearest_offer(&nearest, name);
        self->view.by = (lead_study_value)i;
        if (strcmp(name, self->by_text) == 0)
            break;
    }
    return LEAD_OK;
}

/* What only Slurm's jobs have, and what they do not go with. */
static lead_status check_slurm(const command *self) {
    const char *other = self->gather ? "gather" : self->row_text ? "row" : "plan";
    const char *own = self->submit ? "submit" : self->tasks_text ? "tasks" : "sbatch";
    if (self->slurm && (self->gather || self->row_text || self->plan))
        return lead_fail(LEAD_INVALID, "--slurm and --%s exclude one another", other);
    if (!self->slurm && (self->submit || self->tasks_text || self->sbatch.count > 0))
        return lead_fail(LEAD_INVALID, "--%s goes with --slurm", own);
    return LEAD_OK;
}

/* A job's threads are Slurm's to give; these rows' are this process's. */
static lead_status read_slurm(command *self) {
    double threads = 0, tasks = 0;
    LEAD_TRY(check_slurm(self));
    lead_cli_number(self->threads_text, &threads);
    lead_cli_number(self->tasks_text, &tasks);
    self->jobs = (lead_slurm_options){.submit = self->submit,
                                      .sbatch = &self->sbatch,
                                      .threads = (int)threads,
                                      .jobs = self->options.jobs,
                                      .tasks = (int)tasks};
    return self->slurm ? LEAD_OK : lead_cli_threads(self->threads_text);
}

static lead_status read_numbers(command *self) {
    double jobs = 0, row = 0;
    lead_cli_number(self->jobs_text, &jobs);
    lead_cli_number(self->row_text, &row);
    self->options.jobs = (int)jobs;
    self->row = (int)row - 1;
    LEAD_TRY(read_slurm(self));
    return read_view(self);
}

static bool is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* The first option that a scenario must be named for; NULL: none was given. */
static const char *planning(const command *self) {
    const struct {
        const char *name;
        bool given;
    } all[] = {{"out", self->out},
               {"data", self->data},
               {"set", self->changes.sets.count > 0},
               {"engine", self->changes.engine},
               {"policy", self->changes.policies},
               {"event", self->changes.events.count > 0},
               {"seeds", self->seeds_text},
               {"worst", self->worst_text},
               {"at", self->at},
               {"for", self->lasts},
               {"demand-limit", self->demand_limit},
               {"plan", self->plan}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].given)
            return all[i].name;
    for (int i = 0; i < LEAD_STUDY_KINDS; i++)
        if (self->values[i] || self->flags[i])
            return lead_study_kind_at(i)->name;
    return NULL;
}

/* --- from a scenario -------------------------------------------------------------------------- */

/* out/NAME-whatif, by the scenario's name. */
static lead_status choose_folder(command *self) {
    lead_scenario *scenario;
    if (self->out)
        return LEAD_OK;
    lead_log_pause(true);
    lead_status status = lead_scenario_read_with(self->what, self->data,
                                                 lead_cli_overrides_of(&self->changes), &scenario);
    lead_log_pause(false);
    LEAD_TRY(status);
    snprintf(self->folder, sizeof self->folder, "out/%.300s-whatif", scenario->name);
    lead_scenario_free(scenario);
    self->out = self->folder;
    return LEAD_OK;
}

static lead_status fill_request(command *self) {
    lead_study_request *request = &self->request;
    double seeds = 1, worst = 0;
    if (self->row >= 0 || self->gather)
        return lead_fail(LEAD_INVALID, "--%s takes the folder of the table: `lead whatif OUT --%s`",
                         self->gather ? "gather" : "row", self->gather ? "gather" : "row K");
    lead_cli_number(self->seeds_text, &seeds);
    lead_cli_number(self->worst_text, &worst);
    LEAD_TRY(choose_folder(self));
    *request = (lead_study_request){.scenario = self->what,
                                    .data = self->data,
                                    .out = self->out,
                                    .overrides = *lead_cli_overrides_of(&self->changes),
                                    .seeds = (int)seeds,
                                    .worst = (int)worst,
                                    .at = self->at,
                                    .lasts = self->lasts,
                                    .demand_limit = self->demand_limit};
    for (int i = 0; i < LEAD_STUDY_KINDS; i++)
        request->kinds[i] = self->flags[i] ? "" : self->values[i];
    return LEAD_OK;
}

static lead_status plan(command *self) {
    lead_study_free(self->study);
    self->study = NULL;
    return lead_study_plan(&self->request, &self->study);
}

static int count_done(const lead_study *study) {
    int done = 0;
    for (int i = 0; i < study->count; i++)
        done += study->rows[i].same_as == i && lead_study_is_done(study, i);
    return done;
}

/* --- all of it -------------------------------------------------------------------------------- */

static lead_status say_unwanted(const command *self) {
    int count;
    LEAD_TRY(lead_study_unwanted(self->study, self->clean, &count));
    if (count > 0)
        lead_log(LEAD_LOG_INFO,
                 self->clean ? "%d runs of other tables were removed from %s"
                             : "%d runs of other tables stay in %s (--clean)",
                 count, self->study->out);
    return LEAD_OK;
}

static lead_status run_rows(command *self) {
    lead_cli_progress shown = {.what = "runs"};
    free(self->failures);
    self->options.progress = lead_cli_progress_show;
    self->options.progress_data = &shown;
    lead_status status =
        lead_study_run(self->study, &self->options, &self->failures, &self->failure_count);
    if (status != LEAD_OK)
        lead_cli_progress_end(&shown);
    return self->failures ? LEAD_OK : status;
}

/* Rows that results ask for are run, too, until there are no more. */
static lead_status run_all(command *self) {
    for (int before = 0; self->study->count > before;) {
        before = self->study->count;
        LEAD_TRY(run_rows(self));
        if ((self->request.worst == 0 && !self->request.demand_limit) || self->failures)
            return LEAD_OK;
        LEAD_TRY(plan(self));
    }
    return LEAD_OK;
}

static void print_head(const command *self, int done, double seconds) {
    const lead_study *study = self->study;
    char took[16];
    lead_cli_seconds(seconds, took);
    printf("%s: %d rows, %d runs", study->out, study->count, study->runs);
    if (done > 0)
        printf(", %d of them done before", done);
    printf(" (%s)\n", took);
}

static lead_status gather(const command *self, int done, double seconds) {
    lead_study_results *results;
    LEAD_TRY(lead_study_gather(self->study, self->within, &results));
    lead_status status = lead_whatif_print(self->study, results, &self->view);
    if (status == LEAD_OK) {
        printf("\n");
        print_head(self, done, seconds);
        printf("whatif.csv, whatif.json: every variant; runs.csv: every row; periods.csv:\nbefore, "
               "during, after; links.csv: every link\n");
    }
    fflush(stdout);
    if (status == LEAD_OK && !self->failures)
        status = lead_whatif_check_missing(self->study, results);
    lead_study_results_free(results);
    return status;
}

static lead_status tell_failures(const command *self) {
    if (!self->failures)
        return LEAD_OK;
    lead_whatif_say_failures(self->study, self->failures, self->failure_count);
    return lead_fail(LEAD_SIMULATOR, "%d runs failed; the same command runs them again",
                     self->failure_count);
}

static lead_status run_and_tell(command *self) {
    int done = count_done(self->study);
    double started = lead_clock_seconds();
    LEAD_TRY(say_unwanted(self));
    if (self->slurm)
        return lead_whatif_slurm(self->study, &self->jobs);
    if (self->plan) {
        printf("%s/runs.csv: %d rows, %d runs, %d of them done\n", self->study->out,
               self->study->count, self->study->runs, done);
        return LEAD_OK;
    }
    if (!self->gather)
        LEAD_TRY(run_all(self));
    LEAD_TRY(gather(self, self->gather ? 0 : done, lead_clock_seconds() - started));
    return tell_failures(self);
}

static lead_status run_row(const command *self) {
    const lead_study_row *row = &self->study->rows[self->row];
    bool ran;
    if (self->row >= self->study->count)
        return lead_fail(LEAD_INVALID, "--row: %d is not in 1..%d", self->row + 1,
                         self->study->count);
    LEAD_TRY(lead_study_run_row(self->study, self->row, &ran));
    if (row->same_as != self->row)
        printf("row %d is the same run as row %d, which runs it\n", self->row + 1,
               row->same_as + 1);
    else
        printf("row %d %s\n", self->row + 1, ran ? "is done" : "was done before");
    return LEAD_OK;
}

/* Runs side by side have a core each: more threads in the linear algebra of each only wait for one
 * another. The same for a row by itself, so that its bytes are the same. */
static void keep_to_one_core(void) {
    setenv("OPENBLAS_NUM_THREADS", "1", 0);
}

static lead_status work(int argc, char **argv, command *self) {
    LEAD_TRY(lead_cli_overrides_alloc(argc, &self->changes));
    LEAD_TRY(lead_calloc((size_t)argc + 1, sizeof(char *), &self->sbatch.values));
    LEAD_TRY(parse(argc, argv, self));
    LEAD_TRY(read_numbers(self));
    keep_to_one_core();
    if (!is_folder(self->what)) {
        LEAD_TRY(fill_request(self));
        LEAD_TRY(plan(self));
        return run_and_tell(self);
    }
    if (planning(self))
        return lead_fail(LEAD_INVALID, "--%s: %s is a folder; the option wants a scenario",
                         planning(self), self->what);
    if (self->row >= 0 && self->gather)
        return lead_fail(LEAD_INVALID, "--row and --gather exclude one another");
    LEAD_TRY(lead_study_read(self->what, &self->study));
    return self->row >= 0 ? run_row(self) : run_and_tell(self);
}

lead_status lead_cli_whatif(int argc, char **argv) {
    command self = {0};
    lead_status status = work(argc, argv, &self);
    lead_study_free(self.study);
    free(self.failures);
    free(self.sbatch.values);
    lead_cli_overrides_free(&self.changes);
    return status;
}

lead_status lead_cli_whatif_row(int argc, char **argv) {
    if (argc != 4)
        return lead_fail(LEAD_INVALID, "whatif-row is what `lead whatif` starts; run that");
    return lead_study_child(argv[1], atoi(argv[2]) - 1, atol(argv[3]));
}
