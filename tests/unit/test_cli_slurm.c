/* Rows as job arrays: each once, no index and no array too large; what scontrol and squeue say;
 * what a shell makes of the words of a call. */
#include "cli/study/slurm/answers.c" /* parts of the program, not of the library */
#include "cli/study/slurm/arrays.c"
#include "cli/study/slurm/job.c"
#include "cli/text/ranges.c"
#include "support.h"

enum { MOST_ROWS = 30000 };

/* --- arrays ----------------------------------------------------------------------------------- */

/* Counts the rows of an array, as Slurm reads its indices, in seen[row]; its tasks. */
static int take(const lead_slurm_array *array, int below, unsigned char *seen) {
    int tasks = 0;
    for (const char *at = array->indices; *at;) {
        char *end;
        long first = strtol(at, &end, 10), last = first;
        assert_true(end > at);
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        assert_true(first >= 0 && last >= first && last < below);
        assert_true(*end == '\0' || (*end == ',' && end[1]));
        for (long i = first; i <= last; i++, tasks++)
            seen[array->offset + i]++;
        at = *end ? end + 1 : end;
    }
    assert_int_equal(tasks, array->count);
    return tasks;
}

static void check_cut(const int *rows, int count, lead_slurm_limits limits) {
    static unsigned char seen[MOST_ROWS + 1];
    lead_slurm_array array;
    int arrays = 0;
    memset(seen, 0, sizeof seen);
    for (int next = 0; next < count; next += array.count, arrays++) {
        lead_slurm_cut(rows + next, count - next, &limits, &array);
        assert_true(array.count >= 1 && array.count <= limits.tasks);
        assert_true(strlen(array.indices) < LEAD_SLURM_INDICES);
        take(&array, limits.indices, seen);
    }
    for (int i = 0, next = 0; i <= MOST_ROWS; i++) {
        bool wanted = next < count && rows[next] == i;
        assert_int_equal(seen[i], wanted);
        next += wanted;
    }
    if (count > 0 &&
        rows[count - 1] - rows[0] == count - 1) { /* without gaps: no more than it takes */
        int each = limits.tasks < limits.indices ? limits.tasks : limits.indices;
        assert_int_equal(arrays, (count + each - 1) / each);
    }
}

static void every_row_is_in_one_array(void **state) {
    (void)state;
    static const int sizes[] = {1, 2, 3, 6, 7, 100, 1001, 4000001};
    static int rows[MOST_ROWS];
    uint32_t words[4];
    uint64_t draw = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++)
            for (int keep = 1; keep <= 64; keep *= 4) { /* every row, then fewer and fewer */
                int last = keep == 1 && i > 2 && j > 2 ? MOST_ROWS : 2003, count = 0;
                for (int row = 1; row <= last; row++) {
                    lead_philox(7, draw++, words);
                    if (words[0] % (uint32_t)keep == 0)
                        rows[count++] = row;
                }
                check_cut(rows, count, (lead_slurm_limits){sizes[i], sizes[j]});
            }
    /* The worst list: no two in a row. */
    for (int i = 0; i < MOST_ROWS / 2; i++)
        rows[i] = 2 * i + 1;
    check_cut(rows, MOST_ROWS / 2, (lead_slurm_limits){MOST_ROWS + 1, MOST_ROWS});
}

static void ranges_are_whole(void **state) {
    (void)state;
    static const int values[] = {1, 3, 4, 5, 9, 10};
    char text[64];
    assert_int_equal(lead_cli_ranges(values, 6, 0, ", ", text, sizeof text), 6);
    assert_string_equal(text, "1, 3-5, 9-10");
    assert_int_equal(lead_cli_ranges(values, 6, -1, ",", text, 6), 4);
    assert_string_equal(text, "0,2-4");
    assert_int_equal(lead_cli_ranges(values, 6, 0, ",", text, 5), 1);
    assert_int_equal(lead_cli_ranges(values, 0, 0, ",", text, 5), 0);
    assert_string_equal(text, "");
}

/* --- scontrol and squeue ---------------------------------------------------------------------- */

static void limits_are_read(void **state) {
    (void)state;
    lead_slurm_config config;
    assert_ok(lead_slurm_read_config("", &config));
    assert_true(config.array_size == 1001 && config.array_tasks == 1001 && !config.other_limits);
    assert_int_equal(config.job_count, 10000);
    assert_ok(lead_slurm_read_config("Configuration data as of 2026-11-29T10:49:53\n"
                                     "AccountingStorageEnforce = associations,limits,qos\n"
                                     "MaxArraySize            = 6\n"
                                     "MaxArraySizes = 7\nmaxArraySize=8\n  MaxArraySize = 9\n"
                                     "MaxJobCount = 50 \r\n"
                                     "SchedulerParameters     = defer,max_array_tasks=4\n",
                                     &config));
    assert_true(config.array_size == 6 && config.job_count == 50 && config.array_tasks == 4);
    assert_true(config.other_limits);
    assert_ok(lead_slurm_read_config("MaxArraySize = 0\nSchedulerParameters = max_array_tasks=9",
                                     &config));
    assert_true(config.array_size == 0 && config.array_tasks == 0);
    assert_ok(lead_slurm_read_config("SchedulerParameters = xmax_array_tasks=9,max_array_tasks=\n"
                                     "MaxArraySize = 99999999999999999999\n"
                                     "AccountingStorageEnforce = nolimits",
                                     &config));
    assert_true(config.array_size == MOST && config.array_tasks == MOST && !config.other_limits);
    assert_fails(lead_slurm_read_config("MaxArraySize = none\nX = 1", &config), LEAD_FORMAT,
                 "\"MaxArraySize = none\"");
    assert_fails(lead_slurm_read_config("MaxJobCount = -1", &config), LEAD_FORMAT, "MaxJobCount");
    assert_fails(lead_slurm_read_config("MaxJobCount = 1k", &config), LEAD_FORMAT, "MaxJobCount");
}

static void the_queue_is_read(void **state) {
    (void)state;
    int waiting[10] = {0};
    lead_slurm_queue queue = {.waiting = waiting, .rows = 10};
    lead_slurm_read_queue("5 7 0 PD lead-a+1\n"   /* row 1 */
                          "5 7 2 R lead-a+1\n"    /* row 3 */
                          "5 9 1 CG lead-a+4\n"   /* row 5 */
                          "5 7 1 CD lead-a+1\n"   /* it has ended */
                          "5 7 3 F lead-a+1\n"    /* it failed */
                          "6 7 5 PD lead-a+1\n"   /* another's */
                          "5 7 5 PD lead-b+1\n"   /* of another table */
                          "5 7 5 PD lead-a+1 x\n" /* no name of ours */
                          "5 7 5 PD lead-a+\n"    /* " */
                          "5 7 5 PD lead-a+0\n"   /* " */
                          "5 7 10 PD lead-a+1\n"  /* no row */
                          "5 7 N/A PD lead-a+1\n" /* no task */
                          "5 7 1073741823 PD lead-a+1073741823\n"
                          "\n\n5 7\n5 7 9 R lead-a+1", /* row 10 */
                          5, "lead-a", &queue);
    static const int wanted[10] = {7, 0, 7, 0, 9, 0, 0, 0, 0, 7};
    assert_memory_equal(waiting, wanted, sizeof wanted);
    assert_int_equal(queue.jobs, 15);
}

/* --- calls ------------------------------------------------------------------------------------ */

static const lead_slurm_common common = {
    .program = "/opt/it's here/lead", .out = "/data/50% $x", .name = "lead-1", .threads = 2};

/* What a shell takes a printed call for. */
static char *words_by_shell(const lead_slurm_job *job) {
    static char said[5000];
    char *line;
    size_t size;
    FILE *file = open_memstream(&line, &size);
    fputs("printf '%s\\n' ", file);
    lead_slurm_job_print(file, job);
    fclose(file);
    FILE *shell = popen(line, "r");
    said[fread(said, 1, sizeof said - 1, shell)] = '\0';
    assert_int_equal(pclose(shell), 0);
    free(line);
    return said;
}

static void a_shell_reads_the_words_that_are_meant(void **state) {
    (void)state;
    const lead_slurm_array array = {.offset = 7, .count = 3, .indices = "0,3-4"};
    lead_slurm_common own = common;
    lead_slurm_job job = {0};
    const char *extra[] = {"  --partition=short   -A me ", "--comment=a'b\"c$(d)*"};
    own.extra = extra;
    own.extra_count = 2;
    own.jobs = 5;
    assert_ok(lead_slurm_job_array(&own, &array, &job));
    assert_string_equal(
        words_by_shell(&job),
        "sbatch\n--parsable\n--requeue\n--output=/data/50%% $x/slurm/%A_%a.txt\n"
        "--cpus-per-task=2\n--partition=short\n-A\nme\n--comment=a'b\"c$(d)*\n--job-name=lead-1+7\n"
        "--export=ALL,LEAD_ROW_OFFSET=7\n--array=0,3-4%5\n"
        "--wrap=exec '/opt/it'\\''s here/lead' whatif '/data/50% $x' --row $((LEAD_ROW_OFFSET + "
        "SLURM_ARRAY_TASK_ID))\n");
    lead_slurm_job_clear(&job);
    assert_ok(lead_slurm_job_gather(&own, &job));
    assert_non_null(strstr(words_by_shell(&job), "slurm/gather-%j.txt\n--partition=short\n"));
    lead_slurm_job_clear(&job);
}

static void options_that_are_ours_are_refused(void **state) {
    (void)state;
    static const char *const ours[] = {"--array=1", "-p x --wrap=y", "--export=NONE", "--job-name"};
    lead_slurm_common own = common;
    lead_slurm_job job = {0};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        own.extra = &ours[i];
        own.extra_count = 1;
        assert_fails(lead_slurm_job_gather(&own, &job), LEAD_INVALID, "it is made here");
        lead_slurm_job_clear(&job);
    }
    const char *many[] = {
        "-a -b -c -d -e -f -g -h -i -j -k -l -m -n -o -p -q -r -s -t -u -v -w -x "
        "-y -z -a -b -c -d -e -f -g -h -i -j -k -l -m -n -o -p -q -r -s -t -u -v "
        "-y -z -a -b -c -d -e -f -g -h -i -j -k -l -m -n -o -p -q -r -s -t -u -v "
        "-y -z -a -b -c -d -e -f -g -h -i -j -k -l -m -n -o -p -q -r -s -t -u -v"};
    own.extra = many;
    assert_fails(lead_slurm_job_gather(&own, &job), LEAD_INVALID, "too many options");
    lead_slurm_job_clear(&job);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_is_in_one_array),
                                       cmocka_unit_test(ranges_are_whole),
                                       cmocka_unit_test(limits_are_read),
                                       cmocka_unit_test(the_queue_is_read),
                                       cmocka_unit_test(a_shell_reads_the_words_that_are_meant),
                                       cmocka_unit_test(options_that_are_ours_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
