/* jobs: every piece runs once, whatever the number of threads, and the first failure is told. */
#include "base/jobs.h"
#include "support.h"
#include <pthread.h>

enum { MOST = 200 };

typedef struct record {
    int runs[MOST];
    pthread_t by[MOST];
    int fails_from; /* pieces from this one on fail; -1: none */
} record;

static lead_status note(void *argument, int index) {
    record *self = argument;
    self->runs[index]++;
    self->by[index] = pthread_self();
    if (self->fails_from >= 0 && index >= self->fails_from)
        return lead_fail(index % 2 ? LEAD_NUMERIC : LEAD_MODEL, "piece %d broke", index);
    return LEAD_OK;
}

static void every_piece_runs_once(void **state) {
    (void)state;
    static const int counts[] = {0, 1, 2, 7, MOST}, threads[] = {-1, 1, 2, 3, 1000};
    for (int c = 0; c < 5; c++)
        for (int t = 0; t < 5; t++) {
            record all = {.fails_from = -1};
            assert_ok(lead_jobs_run(note, &all, counts[c], threads[t]));
            for (int i = 0; i < MOST; i++)
                assert_int_equal(all.runs[i], i < counts[c]);
        }
}

static void threads_share_them_out(void **state) {
    (void)state;
    record all = {.fails_from = -1};
    assert_ok(lead_jobs_run(note, &all, 4, 2));
    assert_true(pthread_equal(all.by[0], pthread_self()) && pthread_equal(all.by[2], all.by[0]));
    assert_true(!pthread_equal(all.by[1], all.by[0]) && pthread_equal(all.by[3], all.by[1]));
}

static void the_first_failure_is_told(void **state) {
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        record all = {.fails_from = 5};
        assert_fails(lead_jobs_run(note, &all, 20, threads), LEAD_NUMERIC, "piece 5 broke");
        for (int i = 0; i < 5; i++)
            assert_int_equal(all.runs[i], 1);
        for (int i = 5 + threads; i < 20; i++) /* no thread goes on after its failure */
            assert_int_equal(all.runs[i], 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_runs_once),
        cmocka_unit_test(threads_share_them_out),
        cmocka_unit_test(the_first_failure_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
