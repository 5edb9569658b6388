/* job: see job.h. */
#include "cli/study/slurm/job.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- words ------------------------------------------------------------------------------------ */

void lead_slurm_print_word(FILE *to, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=:,./%@";
    if (*word && word[strspn(word, plain)] == '\0') {
        fputs(word, to);
        return;
    }
    fputc('\'', to);
    for (; *word; word++)
        fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, to);
    fputc('\'', to);
}

/* Of an option what people would quote, its value. */
static void print_option(FILE *to, const char *word) {
    size_t name = strspn(word, "abcdefghijklmnopqrstuvwxyz-");
    if (word[name] == '=') {
        fprintf(to, "%.*s=", (int)name, word);
        word += name + 1;
    }
    lead_slurm_print_word(to, word);
}

void lead_slurm_job_print(FILE *to, const lead_slurm_job *job) {
    for (int i = 0; i < job->count; i++) {
        if (i > 0)
            fputc(' ', to);
        print_option(to, job->words[i]);
    }
}

void lead_slurm_job_clear(lead_slurm_job *job) {
    for (int i = 0; i < job->count; i++)
        free(job->words[i]);
    *job = (lead_slurm_job){0};
}

lead_status lead_slurm_job_add(lead_slurm_job *job, const char *format, ...) {
    va_list arguments;
    if (job->count == LEAD_SLURM_WORDS)
        return lead_fail(LEAD_INVALID, "--sbatch: too many options");
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return lead_fail(LEAD_INVALID, "an option of sbatch is too long");
    LEAD_TRY(lead_calloc((size_t)length + 1, 1, &job->words[job->count]));
    va_start(arguments, format);
    vsnprintf(job->words[job->count++], (size_t)length + 1, format, arguments);
    va_end(arguments);
    return LEAD_OK;
}

/* --- what is the user's ----------------------------------------------------------------------- */

/* Options by which a call of sbatch would no longer run what it is to run. */
static lead_status check_extra(const char *word, size_t length) {
    static const char *const ours[] = {"--array",    "--dependency", "--export",   "--export-file",
                                       "--job-name", "--wrap",       "--test-only"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        size_t known = strlen(ours[i]);
        if (length >= known && strncmp(word, ours[i], known) == 0 &&
            (length == known || word[known] == '='))
            return lead_fail(LEAD_INVALID, "--sbatch: %s is not to be given: it is made here",
                             ours[i]);
    }
    return LEAD_OK;
}

static lead_status add_extra(const lead_slurm_common *common, lead_slurm_job *job) {
    for (int i = 0; i < common->extra_count; i++) {
        const char *word = common->extra[i] + strspn(common->extra[i], " \t\n");
        while (*word) {
            size_t length = strcspn(word, " \t\n");
            LEAD_TRY(check_extra(word, length));
            LEAD_TRY(lead_slurm_job_add(job, "%.*s", (int)length, word));
            word += length + strspn(word + length, " \t\n");
        }
    }
    return LEAD_OK;
}

/* --- calls ------------------------------------------------------------------------------------ */

/* In the name of a file of output a "%" stands for something else. */
static lead_status add_output(const lead_slurm_common *common, const char *name,
                              lead_slurm_job *job) {
    char *doubled, *to;
    LEAD_TRY(lead_calloc(2 * strlen(common->out) + 1, 1, &doubled));
    to = doubled;
    for (const char *from = common->out; *from; from++) {
        *to++ = *from;
        if (*from == '%')
            *to++ = '%';
    }
    lead_status status = lead_slurm_job_add(job, "--output=%s/slurm/%s", doubled, name);
    free(doubled);
    return status;
}

static lead_status begin(const lead_slurm_common *common, const char *output, lead_slurm_job *job) {
    LEAD_TRY(lead_slurm_job_add(job, "sbatch"));
    LEAD_TRY(lead_slurm_job_add(job, "--parsable"));
    LEAD_TRY(lead_slurm_job_add(job, "--requeue"));
    return add_output(common, output, job);
}

/* The script is the program alone, so that signals reach it. */
static lead_status add_wrap(const lead_slurm_common *common, const char *rest,
                            lead_slurm_job *job) {
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (!file)
        return lead_fail(LEAD_MEMORY, "no memory for a line of sbatch");
    fputs("exec ", file);
    lead_slurm_print_word(file, common->program);
    fputs(" whatif ", file);
    lead_slurm_print_word(file, common->out);
    fprintf(file, " %s", rest);
    bool whole = !ferror(file);
    whole = fclose(file) == 0 && whole;
    lead_status status = whole ? lead_slurm_job_add(job, "--wrap=%s", text)
                               : lead_fail(LEAD_MEMORY, "no memory for a line of sbatch");
    free(text);
    return status;
}

lead_status lead_slurm_job_array(const lead_slurm_common *common, const lead_slurm_array *array,
                                 lead_slurm_job *job) {
    LEAD_TRY(begin(common, "%A_%a.txt", job));
    if (common->threads > 0)
        LEAD_TRY(lead_slurm_job_add(job, "--cpus-per-task=%d", common->threads));
    LEAD_TRY(add_extra(common, job));
    LEAD_TRY(lead_slurm_job_add(job, "--job-name=%s+%d", common->name, array->offset));
    LEAD_TRY(lead_slurm_job_add(job, "--export=ALL,LEAD_ROW_OFFSET=%d", array->offset));
    if (common->jobs > 0)
        LEAD_TRY(lead_slurm_job_add(job, "--array=%s%%%d", array->indices, common->jobs));
    else
        LEAD_TRY(lead_slurm_job_add(job, "--array=%s", array->indices));
    return add_wrap(common, "--row $((LEAD_ROW_OFFSET + SLURM_ARRAY_TASK_ID))", job);
}

lead_status lead_slurm_job_gather(const lead_slurm_common *common, lead_slurm_job *job) {
    LEAD_TRY(begin(common, "gather-%j.txt", job));
    LEAD_TRY(add_extra(common, job));
    LEAD_TRY(lead_slurm_job_add(job, "--job-name=%s-gather", common->name));
    return add_wrap(common, "--gather", job);
}
