/* answers: see answers.h. */
#include "cli/study/slurm/answers.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 30 };

lead_slurm_config lead_slurm_defaults(void) {
    return (lead_slurm_config){.array_size = 1001, .array_tasks = 1001, .job_count = 10000};
}

/* A whole number from 0 on at the beginning of a text, behind it *end; -1: there is none. */
static int whole(const char *text, const char **end) {
    char *behind;
    if (*text < '0' || *text > '9')
        return -1;
    long value = strtol(text, &behind, 10);
    *end = behind;
    return value > MOST ? MOST : (int)value;
}

static const char *next_line(const char *line) {
    const char *end = strchr(line, '\n');
    return end ? end + 1 : line + strlen(line);
}

/* --- scontrol show config --------------------------------------------------------------------- */

/* What a line "KEY   = VALUE" says of the key; NULL: it is of another one. */
static const char *value_of(const char *line, const char *key) {
    size_t length = strlen(key);
    if (strncmp(line, key, length) != 0)
        return NULL;
    line += length;
    line += strspn(line, " \t");
    if (*line != '=')
        return NULL;
    return line + 1 + strspn(line + 1, " \t");
}

static lead_status read_number(const char *line, const char *key, int *number) {
    const char *value = value_of(line, key), *end;
    if (!value)
        return LEAD_OK;
    *number = whole(value, &end);
    if (*number < 0 || !strchr(" \t\r\n", *end))
        return lead_fail(LEAD_FORMAT, "scontrol show config says \"%.*s\", which is no number",
                         (int)strcspn(line, "\n"), line);
    return LEAD_OK;
}

/* A word among those of a line, which commas and blanks separate; what follows it. NULL: it is not
 * there. */
static const char *find(const char *text, const char *word) {
    size_t line = strcspn(text, "\n"), length = strlen(word);
    for (size_t at = 0; at + length <= line; at++)
        if (strncmp(text + at, word, length) == 0 && (at == 0 || strchr(", ", text[at - 1])))
            return text + at + length;
    return NULL;
}

lead_status lead_slurm_read_config(const char *text, lead_slurm_config *config) {
    int tasks = -1;
    *config = lead_slurm_defaults();
    for (const char *line = text; *line; line = next_line(line)) {
        const char *words = value_of(line, "SchedulerParameters"), *end;
        LEAD_TRY(read_number(line, "MaxArraySize", &config->array_size));
        LEAD_TRY(read_number(line, "MaxJobCount", &config->job_count));
        words = words ? find(words, "max_array_tasks=") : NULL;
        tasks = words ? whole(words, &end) : tasks;
        words = value_of(line, "AccountingStorageEnforce");
        if (words)
            config->other_limits = find(words, "limits") || find(words, "qos");
    }
    config->array_tasks = tasks > 0 && tasks < config->array_size ? tasks : config->array_size;
    return LEAD_OK;
}

/* --- squeue ----------------------------------------------------------------------------------- */

/* Whether a job in a state, by its short name, will do no more. */
static bool has_ended(const char *state, size_t length) {
    static const char *const ended[] = {"CD", "CA", "F", "TO", "NF", "BF", "DL", "OOM"};
    for (size_t i = 0; i < sizeof ended / sizeof *ended; i++)
        if (strlen(ended[i]) == length && strncmp(state, ended[i], length) == 0)
            return true;
    return false;
}

/* The row, from 1, and the array of a line that is of a task of ours which has not ended; 0: it is
 * not. */
static long row_of(const char *line, long user, const char *name, int *array) {
    const char *end = line;
    size_t length = strlen(name);
    int numbers[3], offset; /* user, array, index */
    for (int i = 0; i < 3; i++) {
        numbers[i] = whole(line, &end);
        if (numbers[i] < 0 || *end != ' ')
            return 0;
        line = end + 1;
    }
    if (numbers[0] != user || numbers[1] == 0)
        return 0;
    *array = numbers[1];
    size_t state = strcspn(line, " \n");
    if (line[state] != ' ' || has_ended(line, state))
        return 0;
    line += state + 1;
    if (strncmp(line, name, length) != 0 || line[length] != '+')
        return 0;
    offset = whole(line + length + 1, &end);
    return offset > 0 && (*end == '\n' || *end == '\0') ? (long)offset + numbers[2] : 0;
}

void lead_slurm_read_queue(const char *text, long user, const char *name, lead_slurm_queue *queue) {
    queue->jobs = 0;
    for (const char *line = text; *line; line = next_line(line)) {
        int array = 0;
        long row = row_of(line, user, name, &array);
        queue->jobs += *line != '\n' && queue->jobs < MOST;
        if (row > 0 && row <= queue->rows)
            queue->waiting[row - 1] = array;
    }
}
