/* slurm: see slurm.h. */
#include "cli/study/slurm/slurm.h"
#include "cli/study/slurm/answers.h"
#include "cli/study/slurm/ask.h"
#include "cli/study/slurm/job.h"
#include "cli/text/ranges.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, LIST = 300 };

typedef struct work {
    const lead_study *study;
    const lead_slurm_options *options;
    char program[PATH_SIZE], out[PATH_SIZE], name[32];
    lead_slurm_common common;
    lead_slurm_config config;
    bool asked;       /* scontrol and squeue said what there is */
    int jobs;         /* in Slurm's memory */
    int *rows, count; /* to be run, from 1 */
    int waiting;      /* rows of tasks that are there */
    int next, arrays; /* of rows: the first that is in no array yet */
    char *after;      /* ":17:23", the arrays that are there */
} work;

/* --- who we are ------------------------------------------------------------------------------- */

static lead_status find_paths(work *self) {
    char *real = realpath(self->study->out, NULL);
    ssize_t length = readlink("/proc/self/exe", self->program, PATH_SIZE - 1);
    if (!real || length < 0 || strlen(real) >= PATH_SIZE - 100) {
        free(real);
        return lead_fail(LEAD_IO, "%s: %s", self->study->out, strerror(errno));
    }
    self->program[length] = '\0';
    snprintf(self->out, PATH_SIZE, "%s", real);
    free(real);
    if (strpbrk(self->out, "\\\n") || strpbrk(self->program, "\n"))
        return lead_fail(LEAD_INVALID, "%s: Slurm takes no path with a backslash or a line end",
                         self->study->out);
    return LEAD_OK;
}

/* Wrong options are told before anything is submitted. */
static lead_status check_options(const work *self) {
    lead_slurm_job job = {0};
    lead_status status = lead_slurm_job_gather(&self->common, &job);
    lead_slurm_job_clear(&job);
    return status;
}

/* Jobs of one table have a name of their own, of which a queue tells which rows are there. */
static lead_status settle(work *self) {
    char path[PATH_SIZE + 8];
    LEAD_TRY(find_paths(self));
    snprintf(self->name, sizeof self->name, "lead-%08lx",
             (unsigned long)(lead_random_seed(0, self->out) & 0xFFFFFFFF));
    self->common = (lead_slurm_common){.program = self->program,
                                       .out = self->out,
                                       .name = self->name,
                                       .extra = self->options->sbatch->values,
                                       .extra_count = self->options->sbatch->count,
                                       .threads = self->options->threads,
                                       .jobs = self->options->jobs};
    LEAD_TRY(check_options(self));
    snprintf(path, sizeof path, "%s/slurm", self->out);
    return lead_directory_make(path);
}

/* --- what there is ---------------------------------------------------------------------------- */

static lead_status read_config(work *self) {
    static const char *const call[] = {"scontrol", "show", "config", NULL};
    char *text;
    lead_status status = lead_slurm_ask(call, &text);
    if (status == LEAD_OK) {
        status = lead_slurm_read_config(text, &self->config);
        free(text);
        self->asked = true;
    } else if (status != LEAD_MEMORY && !self->options->submit) {
        self->config = lead_slurm_defaults();
        printf("# %s: Slurm's usual limits are taken\n", lead_last_message());
        status = LEAD_OK;
    }
    return status;
}

static lead_status read_queue(work *self, int *waiting) {
    static const char *const call[] = {
        "squeue", "--noheader", "--array", "--states=all", "--format=" LEAD_SLURM_QUEUE_FORMAT,
        NULL};
    lead_slurm_queue queue = {.waiting = waiting, .rows = self->study->count};
    char *text;
    if (!self->asked)
        return LEAD_OK;
    LEAD_TRY(lead_slurm_ask(call, &text));
    lead_slurm_read_queue(text, (long)getuid(), self->name, &queue);
    free(text);
    self->jobs = queue.jobs;
    return LEAD_OK;
}

static lead_status keep_after(work *self, long id) {
    char *more;
    size_t used = self->after ? strlen(self->after) : 0;
    LEAD_TRY(lead_calloc(used + 24, 1, &more));
    snprintf(more, used + 24, "%s:%ld", self->after ? self->after : "", id);
    free(self->after);
    self->after = more;
    return LEAD_OK;
}

static lead_status choose_rows(work *self) {
    const lead_study *study = self->study;
    int *waiting, before = 0;
    LEAD_TRY(lead_calloc((size_t)study->count, sizeof *self->rows, &self->rows));
    LEAD_TRY(lead_calloc((size_t)study->count, sizeof *waiting, &waiting));
    lead_status status = read_queue(self, waiting);
    for (int i = 0; i < study->count && status == LEAD_OK; i++) {
        if (study->rows[i].same_as != i || lead_study_is_done(study, i))
            continue;
        if (!waiting[i]) {
            self->rows[self->count++] = i + 1;
            continue;
        }
        self->waiting++;
        if (waiting[i] != before)
            status = keep_after(self, waiting[i]);
        before = waiting[i];
    }
    free(waiting);
    return status;
}

/* Tasks that Slurm still takes, beside the job that gathers: fewer than MaxJobCount in all, and no
 * more of this table than were asked for. */
static int find_room(const work *self) {
    int room = self->config.job_count - 2 - self->jobs;
    int wanted = self->options->tasks - self->waiting;
    if (self->options->tasks > 0 && wanted < room)
        room = wanted;
    return room > 0 ? room : 0;
}

/* --- what is said ----------------------------------------------------------------------------- */

static const char *list(const work *self, int first, int count, char text[LIST]) {
    size_t most = LIST - 8;
    if (lead_cli_ranges(self->rows + first, count, 0, ", ", text, most) < count)
        strcat(text, ", ...");
    return text;
}

static void say_begin(const work *self) {
    const lead_slurm_config *config = &self->config;
    const char *mark = self->options->submit ? "" : "# ";
    printf("%s%s: %d of %d rows are to be run", mark, self->out, self->count, self->study->count);
    if (self->waiting > 0)
        printf("; %d more are in Slurm's queue", self->waiting);
    printf("\n%sindices below %d (MaxArraySize), ", mark, config->array_size);
    if (config->array_tasks < config->array_size)
        printf("%d tasks an array (max_array_tasks), ", config->array_tasks);
    printf("fewer than %d jobs (MaxJobCount)", config->job_count);
    if (self->asked)
        printf(", of which %d are there", self->jobs);
    printf("\n");
    if (config->other_limits)
        printf(
            "%sthis Slurm has limits of users, too, which are not read: --tasks N keeps to one\n",
            mark);
}

/* What runs the rows that are left. */
static void say_command(const work *self) {
    const lead_slurm_options *options = self->options;
    printf("lead whatif ");
    lead_slurm_print_word(stdout, self->out);
    printf(" --slurm%s", options->submit ? " --submit" : "");
    if (options->threads > 0)
        printf(" --threads %d", options->threads);
    if (options->jobs > 0)
        printf(" --jobs %d", options->jobs);
    if (options->tasks > 0)
        printf(" --tasks %d", options->tasks);
    for (int i = 0; i < options->sbatch->count; i++) {
        printf(" --sbatch=");
        lead_slurm_print_word(stdout, options->sbatch->values[i]);
    }
    printf("\n");
}

static void say_left(const work *self, const char *why) {
    const char *mark = self->options->submit ? "" : "# ";
    char text[LIST];
    int left = self->count - self->next;
    if (left == 0)
        return;
    printf("%s%d rows are left: %s\n%s%s:\n%s  ", mark, left, list(self, self->next, left, text),
           mark, why, mark);
    say_command(self);
}

/* --- sbatch ----------------------------------------------------------------------------------- */

/* The number of a job that `sbatch --parsable` prints, "17" or "17;cluster". */
static lead_status submit(const lead_slurm_job *job, long *id) {
    char *text, *end;
    LEAD_TRY(lead_slurm_ask((const char *const *)job->words, &text));
    *id = strtol(text, &end, 10);
    lead_status status = LEAD_OK;
    if (end == text || *id <= 0 || !strchr(";\n", *end))
        status = lead_fail(LEAD_FORMAT, "sbatch said \"%.80s\", which is no job's number", text);
    free(text);
    return status;
}

static lead_status submit_array(work *self, const lead_slurm_array *array,
                                const lead_slurm_job *job) {
    char text[LIST];
    long id;
    LEAD_TRY(submit(job, &id));
    printf("job array %ld: rows %s\n", id, list(self, self->next, array->count, text));
    return keep_after(self, id);
}

static void print_array(const lead_slurm_job *job) {
    printf("id=$(");
    lead_slurm_job_print(stdout, job);
    printf(") || exit\nafter=$after:${id%%;*}\n");
}

static lead_status do_array(work *self, int room) {
    const lead_slurm_limits limits = {.indices = self->config.array_size,
                                      .tasks = self->config.array_tasks};
    lead_slurm_job job = {0};
    lead_slurm_array array;
    int left = self->count - self->next;
    lead_slurm_cut(self->rows + self->next, left < room ? left : room, &limits, &array);
    lead_status status = lead_slurm_job_array(&self->common, &array, &job);
    if (status == LEAD_OK && self->options->submit)
        status = submit_array(self, &array, &job);
    else if (status == LEAD_OK)
        print_array(&job);
    lead_slurm_job_clear(&job);
    if (status == LEAD_OK) {
        self->next += array.count;
        self->arrays++;
    }
    return status;
}

static lead_status submit_gather(const work *self, lead_slurm_job *job) {
    long id;
    LEAD_TRY(lead_slurm_job_add(job, "--dependency=afterany%s", self->after));
    LEAD_TRY(submit(job, &id));
    printf("job %ld gathers when they have ended: whatif.csv, and the table in\n"
           "%s/slurm/gather-%ld.txt\n",
           id, self->out, id);
    return LEAD_OK;
}

/* A job that waits for all arrays of the table, however they end. */
static lead_status do_gather(const work *self) {
    lead_slurm_job job = {0};
    lead_status status = lead_slurm_job_gather(&self->common, &job);
    if (status == LEAD_OK && self->options->submit)
        status = submit_gather(self, &job);
    else if (status == LEAD_OK) {
        lead_slurm_job_print(stdout, &job);
        printf(" --dependency=\"afterany$after\"\n");
    }
    lead_slurm_job_clear(&job);
    return status;
}

/* --- all of it -------------------------------------------------------------------------------- */

static lead_status do_arrays(work *self) {
    int room = find_room(self);
    if (room > 0 && self->count > 0 && !self->options->submit)
        printf("after=%s\n", self->after ? self->after : "");
    while (self->next < self->count && self->next < room)
        LEAD_TRY(do_array(self, room - self->next));
    return self->arrays > 0 && self->next == self->count ? do_gather(self) : LEAD_OK;
}

static lead_status run(work *self) {
    LEAD_TRY(settle(self));
    LEAD_TRY(read_config(self));
    if (self->config.array_size < 1)
        return lead_fail(LEAD_UNAVAILABLE, "this Slurm takes no job arrays (MaxArraySize is 0)");
    LEAD_TRY(choose_rows(self));
    say_begin(self);
    lead_status status = do_arrays(self);
    if (self->count == 0)
        printf("%snothing is to be submitted; what is done says lead whatif OUT --gather\n",
               self->options->submit ? "" : "# ");
    say_left(self, status == LEAD_OK ? "when there is room for them" : "when that is put right");
    return status;
}

lead_status lead_whatif_slurm(const lead_study *study, const lead_slurm_options *options) {
    work *self;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    self->study = study;
    self->options = options;
    lead_status status = run(self);
    free(self->rows);
    free(self->after);
    free(self);
    return status;
}
