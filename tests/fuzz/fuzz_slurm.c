/* Any bytes as what scontrol and squeue say: limits that arrays can be cut by, rows of the table.
 */
#include "cli/study/slurm/answers.c" /* parts of the program, not of the library */
#include "cli/study/slurm/arrays.c"
#include "cli/text/ranges.c"
#include "fuzz.h"

enum { ROWS = 50 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    int waiting[ROWS] = {0}, rows[ROWS];
    lead_slurm_config config;
    lead_slurm_queue queue = {.waiting = waiting, .rows = ROWS};
    if (!text)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    lead_slurm_read_queue(text, 5, "lead-a", &queue);
    if (queue.jobs < 0)
        abort();
    if (lead_slurm_read_config(text, &config) == LEAD_OK) {
        lead_slurm_limits limits = {config.array_size, config.array_tasks};
        lead_slurm_array array;
        int count = 0;
        if (config.array_size < 0 || config.array_size > MOST || config.array_tasks < 0 ||
            config.array_tasks > config.array_size || config.job_count < 0)
            abort();
        for (int i = 0; i < ROWS; i++)
            if (!waiting[i])
                rows[count++] = i + 1;
        for (int next = 0; config.array_size > 0 && next < count; next += array.count) {
            lead_slurm_cut(rows + next, count - next, &limits, &array);
            if (array.count < 1)
                abort();
        }
    }
    free(text);
    return 0;
}
