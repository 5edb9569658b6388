/* base: status and messages, times, random streams, files. */
#include "base/array.h"
#include "base/numbers/random.h"
#include "formats/text/decimal.h"
#include "support.h"
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static void names_and_texts(void **state) {
    (void)state;
    assert_int_equal(LEAD_OK, 0);
    assert_string_equal(lead_status_name(LEAD_INFEASIBLE), "INFEASIBLE");
    assert_string_equal(lead_status_text(LEAD_OK), "success");
    assert_string_equal(lead_status_name((lead_status)9999), "?");
}

static void messages_nest(void **state) {
    (void)state;
    assert_int_equal(lead_fail(LEAD_NUMERIC, "capacity %g", -3.0), LEAD_NUMERIC);
    assert_int_equal(lead_fail_within(LEAD_NUMERIC, "link %d", 12), LEAD_NUMERIC);
    assert_string_equal(lead_last_message(), "link 12: capacity -3");
    lead_fail(LEAD_IO, "again: %s", lead_last_message());
    assert_string_equal(lead_last_message(), "again: link 12: capacity -3");
}

static void *fail_elsewhere(void *data) {
    lead_fail(LEAD_IO, "in the other thread");
    return data;
}

static void messages_are_per_thread(void **state) {
    (void)state;
    pthread_t thread;
    lead_fail(LEAD_IO, "in this thread");
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, NULL), 0);
    pthread_join(thread, NULL);
    assert_string_equal(lead_last_message(), "in this thread");
}

static void long_messages_are_cut(void **state) {
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    lead_fail(LEAD_IO, "%s", text);
    assert_int_equal(strlen(lead_last_message()), 1023);
}

/* What a terminal would obey is shown instead; what it shows stays. */
static void control_characters_are_shown(void **state) {
    (void)state;
    static const struct {
        const char *text, *shown;
    } table[] = {{"Zürich 東京 \\", "Zürich 東京 \\"},
                 {"\x1b]0;owned\x07", "\\x1b]0;owned\\x07"},
                 {"\x1b[31mred", "\\x1b[31mred"},
                 {"two\nlines\r\t", "two\\x0alines\\x0d\\x09"},
                 {"\x7f", "\\x7f"},
                 {"\xc2\x9b"
                  "31m",
                  "\\xc2\\x9b31m"},
                 {"\xc2\xa0", "\xc2\xa0"},
                 {"Z\xfcrich", "Z\\xfcrich"},
                 {"\xc3", "\\xc3"},
                 {"\xed\xa0", "\\xed\\xa0"},
                 {"\xff\xfe", "\\xff\\xfe"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        lead_fail(LEAD_IO, "\"%s\"", table[i].text);
        char wanted[100];
        snprintf(wanted, sizeof wanted, "\"%s\"", table[i].shown);
        assert_string_equal(lead_last_message(), wanted);
        lead_fail(LEAD_IO, "%s", lead_last_message()); /* once is enough */
        assert_string_equal(lead_last_message(), wanted);
    }
    char few[6];
    assert_string_equal(lead_printable("abc\x1b", few, sizeof few), "abc");
    assert_string_equal(lead_printable("abcdü", few, sizeof few), "abcd");
}

static void times_come_and_go(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } known[] = {{"1970-01-01T00:00:00Z", 0},          {"2004-07-20T00:00:00Z", 1090281600},
                 {"2000-02-29T23:59:59Z", 951868799},  {"1969-12-31T23:59:59Z", -1},
                 {"2100-03-01T00:00:00Z", 4107542400}, {"0001-01-01T00:00:00Z", -62135596800}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t seconds;
        char text[LEAD_TIME_LENGTH + 1];
        assert_ok(lead_time_parse(known[i].text, &seconds));
        assert_true(seconds == known[i].seconds);
        lead_time_format(seconds, text);
        assert_string_equal(text, known[i].text);
    }
}

static void times_are_taken_as_people_write_them(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } known[] = {{"2004-07-20", 1090281600},
                 {"2004-07-20 00:00", 1090281600},
                 {"2004-07-20T00:00:00", 1090281600},
                 {"2004-07-20 00:00:00Z", 1090281600},
                 {"2004-07-20 00:00:00.000000", 1090281600},
                 {"2004-07-20 02:00:00+02:00", 1090281600},
                 {"2004-07-20 02:00:00 +0200", 1090281600},
                 {"2004-07-19T18:30:00-05:30", 1090281600},
                 {"2004-07-20T01:00:00+01", 1090281600},
                 {"2004/07/20", 1090281600},
                 {"2004/07/20 00:00", 1090281600},
                 {"2004/07/20T02:00:00+02:00", 1090281600},
                 {"1090281600", 1090281600},
                 {"109028160", 109028160},
                 {"0109028160", 109028160},
                 {"99999999999", 99999999999},
                 {"2013072024", 2013072024},
                 {"1900000000", 1900000000}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t seconds;
        assert_ok(lead_time_parse(known[i].text, &seconds));
        assert_true(seconds == known[i].seconds);
    }
}

static void texts_are_told_from_bytes(void **state) {
    (void)state;
    static const char *const good[] =
        {"", "Abilene", "Z\xc3\xbcrich", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xef\xbf\xbf"},
                             *const bad[] = {"Z\xfcrich", "\xc3",         "\xc0\x80",
                                             "\xe2\x82",  "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                             "\x80"};
    static const uint32_t codes[] = {0x41, 0xfc, 0x20ac, 0x1f600};
    static const char *const printed[] = {"A", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(lead_utf8_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(lead_utf8_valid(bad[i]));
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char text[5];
        lead_utf8_print(codes[i], text);
        assert_string_equal(text, printed[i]);
    }
}

static void numbers_are_the_shortest_that_read_back(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.2, "0.2"},
                 {0, "0"},
                 {-1.5, "-1.5"},
                 {300, "300"},
                 {1e10, "10000000000"},
                 {1e-300, "1e-300"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {1. / 3, "0.3333333333333333"},
                 {NAN, "nan"},
                 {-INFINITY, "-inf"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(LEAD_NUMBER(cases[i].value), cases[i].text);
    gsl_rng *random;
    assert_int_equal(lead_random_alloc(7, "decimals", &random), LEAD_OK);
    for (int i = 0; i < 1000; i++) {
        double value = ldexp(gsl_rng_uniform(random) - 0.5, i % 200 - 100);
        assert_true(strtod(LEAD_NUMBER(value), NULL) == value);
    }
    gsl_rng_free(random);
}

static void bad_times_are_told(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "2004-07",
                                      "2004-07-20T",
                                      "2004-07-20T00:00:00.5Z",
                                      "2004-07-20T00:00:00+2:00",
                                      "2004-07-20T00:00:00+02:00:00",
                                      "0001-01-01T00:00:00+01:00",
                                      "2004-13-20T00:00:00Z",
                                      "2003-02-29T00:00:00Z",
                                      "2004-07-20T24:00:00Z",
                                      "2004-07-20T00:00:00ZZ",
                                      "0000-01-01T00:00:00Z",
                                      "2004/07-20",
                                      "2004-07/20",
                                      "10902816",
                                      "109028160000",
                                      "-1090281600",
                                      "1090281600.5"};
    static const struct {
        const char *text, *advice;
    } advised[] = {
        {"1709251200000", "looks like milliseconds: write seconds, 1709251200"},
        {"1709251200000000", "looks like microseconds: write seconds, 1709251200"},
        {"1709251200000000000", "looks like nanoseconds: write seconds, 1709251200"},
        {"01/03/2024", "write 2024-03-01 or 2024-01-03"},
        {"03.01.2024 00:05", "write 2024-01-03 or 2024-03-01"},
        {"1-3-2024", "write 2024-03-01 or 2024-01-03"},
        {"25/03/2024", "has its year at the end: write 2024-03-25"},
        {"03/25/2024 00:05", "has its year at the end: write 2024-03-25"},
        {"02/02/2024", "has its year at the end: write 2024-02-02"},
        {"31/02/2024", "is not a time like"},
        {"01/03.2024", "is not a time like"},
        {"01/03/24", "is not a time like"},
        {"2004072000", "\"2004072000\" is an hour or seconds since 1970: write 2004-07-20 00:00,"}};
    int64_t seconds;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(lead_time_parse(bad[i], &seconds), LEAD_FORMAT, bad[i]);
    for (size_t i = 0; i < sizeof advised / sizeof *advised; i++)
        assert_fails(lead_time_parse(advised[i].text, &seconds), LEAD_FORMAT, advised[i].advice);
}

static void streams_depend_on_seed_and_name(void **state) {
    (void)state;
    gsl_rng *a, *b, *other_name, *other_seed;
    assert_ok(lead_random_alloc(1, "poisson", &a));
    assert_ok(lead_random_alloc(1, "poisson", &b));
    assert_ok(lead_random_alloc(1, "pareto", &other_name));
    assert_ok(lead_random_alloc(2, "poisson", &other_seed));
    unsigned long first = gsl_rng_get(a);
    assert_true(first == gsl_rng_get(b));
    assert_true(first != gsl_rng_get(other_name));
    assert_true(first != gsl_rng_get(other_seed));
    gsl_rng_free(a);
    gsl_rng_free(b);
    gsl_rng_free(other_name);
    gsl_rng_free(other_seed);
}

static void unfinished_files_leave_nothing(void **state) {
    (void)state;
    const char *path = test_file("kept", "old");
    lead_file_writer *writer;
    char *text;
    size_t length;
    assert_ok(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "new and half");
    lead_file_writer_free(writer);
    assert_ok(lead_file_read(path, 100, &text, &length));
    assert_string_equal(text, "old");
    free(text);
    assert_ok(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "new");
    assert_ok(lead_file_writer_finish(writer));
    lead_file_writer_free(writer);
    assert_ok(lead_file_read(path, 100, &text, &length));
    assert_string_equal(text, "new");
    free(text);
}

/* As root a rename would put a file in the place of /dev/null. */
static void what_is_no_file_is_written_into(void **state) {
    (void)state;
    lead_file_writer *writer;
    struct stat about;
    const char *path = test_path("fifo");
    char text[20] = "";
    assert_int_equal(mkfifo(path, 0600), 0);
    int end = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(end >= 0);
    assert_ok(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "all");
    assert_ok(lead_file_writer_finish(writer));
    lead_file_writer_free(writer);
    assert_int_equal(read(end, text, sizeof text), 3);
    assert_string_equal(text, "all");
    assert_true(stat(path, &about) == 0 && S_ISFIFO(about.st_mode));
    close(end);
    unlink(path);
}

static void files_that_cannot_be(void **state) {
    (void)state;
    lead_file_writer *writer;
    char *text;
    size_t length;
    assert_fails(lead_file_writer_alloc("/nowhere/at/all", false, &writer), LEAD_IO,
                 "/nowhere/at/all");
    assert_fails(lead_file_read("/nowhere/at/all", 10, &text, &length), LEAD_IO,
                 "cannot be opened");
    assert_fails(lead_file_read("/tmp", 10, &text, &length), LEAD_IO, "folder");
    assert_fails(lead_file_read(test_file("large", "0123456789"), 9, &text, &length), LEAD_FORMAT,
                 "larger than");
}

static void gzip_is_seen_through(void **state) {
    (void)state;
    const char *path = test_path("text.gz");
    lead_file_writer *writer;
    char *text;
    size_t length;
    assert_ok(lead_file_writer_alloc(path, true, &writer));
    for (int i = 0; i < 10000; i++)
        lead_file_printf(writer, "line %d\n", i);
    assert_ok(lead_file_writer_finish(writer));
    lead_file_writer_free(writer);
    assert_ok(lead_file_read(path, 1 << 20, &text, &length));
    assert_int_equal(length, 10 * 7 + 90 * 8 + 900 * 9 + 9000 * 10);
    free(text);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(truncate(path, about.st_size / 2), 0);
    assert_fails(lead_file_read(path, 1 << 20, &text, &length), LEAD_FORMAT, path);
}

/* A pipe as an input would be waited for. */
static void only_files_are_read(void **state) {
    (void)state;
    char *text;
    size_t length;
    const char *pipe = test_path("pipe");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_fails(lead_file_read(pipe, 100, &text, &length), LEAD_IO, "is not a regular file");
    assert_fails(lead_file_read("/dev/zero", 100, &text, &length), LEAD_IO, "/dev/zero: is not");
    assert_fails(lead_file_read("/", 100, &text, &length), LEAD_IO, "/: is a folder");
    assert_fails(lead_file_check(pipe), LEAD_IO, "pipe: is not a regular file");
    assert_ok(lead_file_check("/nowhere")); /* whoever opens it says that */
}

/* What lies where a file is being written is not followed. */
static void unfinished_files_are_new(void **state) {
    (void)state;
    char part[600], *text;
    size_t length;
    const char *mine = test_file("mine.txt", "my own");
    for (int gzip = 0; gzip < 2; gzip++) {
        lead_file_writer *writer;
        const char *path = test_path("written");
        snprintf(part, sizeof part, "%s.part-%ld", path, (long)getpid());
        assert_int_equal(symlink(mine, part), 0);
        assert_ok(lead_file_writer_alloc(path, gzip, &writer));
        lead_file_printf(writer, "new");
        assert_ok(lead_file_writer_finish(writer));
        lead_file_writer_free(writer);
        assert_ok(lead_file_read(path, 100, &text, &length));
        assert_string_equal(text, "new");
        free(text);
        assert_ok(lead_file_read(mine, 100, &text, &length));
        assert_string_equal(text, "my own");
        free(text);
    }
}

static void folders_are_held_by_one(void **state) {
    (void)state;
    int first, second;
    const char *folder = test_path("one-holder");
    assert_ok(lead_directory_make(folder));
    assert_ok(lead_directory_lock(folder, &first));
    assert_fails(lead_directory_lock(folder, &second), LEAD_IO, "another run is writing there");
    close(first);
    assert_ok(lead_directory_lock(folder, &second));
    close(second);
    assert_fails(lead_directory_lock("/nowhere", &first), LEAD_IO, "/nowhere: cannot be opened");
}

static void folders_are_made(void **state) {
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s/b/c", test_path("a"));
    assert_ok(lead_directory_make(path));
    assert_ok(lead_directory_make(path));
    assert_fails(lead_directory_make(test_file("file", "")), LEAD_IO, "file");
}

static void folders_that_cannot_be_made_say_why(void **state) {
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s", test_path("closed"));
    assert_int_equal(mkdir(path, 0555), 0);
    *strrchr(path, '/') = '\0';
    assert_int_equal(chmod(path, 0755), 0);
    bool root = geteuid() == 0;
    assert_true(!root || seteuid(65534) == 0); /* root may all */
    strcat(path, "/closed/in/it");
    lead_status status = lead_directory_make(path);
    assert_true(!root || seteuid(0) == 0);
    assert_fails(status, LEAD_IO, "closed/in/it: cannot be made: Permission denied");
}

static void numbers(void **state) {
    (void)state;
    double values[] = {4, 1, 3, 2};
    assert_near(lead_quantile(values, 4, 0.5), 2.5, 1e-12);
    assert_near(lead_quantile(values, 4, 1), 4, 0);
    assert_near(lead_quantile(values, 4, 0.25), 1.75, 1e-12);
    void *memory;
    assert_fails(lead_calloc(SIZE_MAX / 2, 4, &memory), LEAD_MEMORY, "no memory");
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* As qsort, around the length where the manner changes, on orders that are hard to part: many
 * equal values, a pipe organ (whose middle is its greatest value). */
static void values_are_sorted(void **state) {
    (void)state;
    enum { MOST = 3000, ORDERS = 7 };
    static const int lengths[] = {0, 1, 2, 3, 40, 64, 65, 66, 67, 130, 1000, MOST};
    gsl_rng *random;
    assert_ok(lead_random_alloc(1, "test", &random));
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        int length = lengths[i];
        for (int order = 0; order < ORDERS; order++) {
            double values[MOST + 1], wanted[MOST + 1];
            for (int k = 0; k < length; k++) {
                double all[ORDERS] = {gsl_rng_uniform(random),
                                      k,
                                      -k,
                                      7,
                                      (double)gsl_rng_uniform_int(random, 3),
                                      k < length / 2 ? k : length - k,
                                      k == length / 2 ? INFINITY : gsl_rng_uniform(random) - 0.5};
                values[k] = all[order];
            }
            values[length] = -9; /* what lies behind is left alone */
            memcpy(wanted, values, sizeof wanted);
            qsort(wanted, (size_t)length, sizeof *wanted, compare);
            lead_sort(values, (size_t)length);
            assert_memory_equal(values, wanted, ((size_t)length + 1) * sizeof *values);
        }
    }
    gsl_rng_free(random);
}

static void keep_line(lead_log_level level, const char *line, void *data) {
    snprintf(data, 100, "%d %s", (int)level, line);
}

static void arrays_grow_by_doubling(void **state) {
    (void)state;
    int *items = NULL, room = 0, growths = 0;
    for (int i = 0; i < 1000; i++) {
        int before = room;
        assert_ok(lead_grow(&items, sizeof *items, i, 1, &room));
        assert_true(room > i && (room == before || room >= 2 * before));
        growths += room != before;
        items[i] = i;
    }
    assert_true(growths <= 10);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    assert_ok(lead_grow(&items, sizeof *items, 1000, 5000, &room));
    assert_int_equal(room, 6000);
    assert_ok(lead_grow(&items, sizeof *items, 6000, 0, &room));
    assert_int_equal(room, 6000);
    free(items);
}

/* What cannot be had leaves the array as it was. */
static void arrays_that_cannot_grow_stay(void **state) {
    (void)state;
    static const struct {
        size_t size;
        int count, more, room;
    } known[] = {{4, INT_MAX, 1, INT_MAX},
                 {1, INT_MAX, INT_MAX, 3},
                 {SIZE_MAX / 4, 3, 1, 3},
                 {(size_t)PTRDIFF_MAX / 7, 0, 1, 0},
                 {SIZE_MAX, 0, 1, 0}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char item, *array = &item; /* would not survive a realloc */
        int room = known[i].room;
        assert_fails(lead_grow(&array, known[i].size, known[i].count, known[i].more, &room),
                     LEAD_MEMORY, "no memory for ");
        assert_ptr_equal(array, &item);
        assert_int_equal(room, known[i].room);
    }
}

static void log_lines_go_to_the_sink(void **state) {
    (void)state;
    char line[100] = "";
    lead_log(LEAD_LOG_WARNING, "dropped");
    lead_log_set_sink(keep_line, line);
    lead_log(LEAD_LOG_WARNING, "kept %d", 7);
    assert_string_equal(line, "1 kept 7");
    lead_log_within("policy \"p\", epoch 7");
    lead_log(LEAD_LOG_WARNING, "odd");
    assert_string_equal(line, "1 policy \"p\", epoch 7: odd");
    lead_log_within(NULL);
    lead_log(LEAD_LOG_WARNING, "even");
    assert_string_equal(line, "1 even");
    lead_log_set_sink(NULL, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_and_texts),
                                       cmocka_unit_test(messages_nest),
                                       cmocka_unit_test(messages_are_per_thread),
                                       cmocka_unit_test(long_messages_are_cut),
                                       cmocka_unit_test(control_characters_are_shown),
                                       cmocka_unit_test(only_files_are_read),
                                       cmocka_unit_test(unfinished_files_are_new),
                                       cmocka_unit_test(folders_are_held_by_one),
                                       cmocka_unit_test(times_come_and_go),
                                       cmocka_unit_test(times_are_taken_as_people_write_them),
                                       cmocka_unit_test(texts_are_told_from_bytes),
                                       cmocka_unit_test(numbers_are_the_shortest_that_read_back),
                                       cmocka_unit_test(bad_times_are_told),
                                       cmocka_unit_test(streams_depend_on_seed_and_name),
                                       cmocka_unit_test(unfinished_files_leave_nothing),
                                       cmocka_unit_test(files_that_cannot_be),
                                       cmocka_unit_test(what_is_no_file_is_written_into),
                                       cmocka_unit_test(gzip_is_seen_through),
                                       cmocka_unit_test(folders_are_made),
                                       cmocka_unit_test(folders_that_cannot_be_made_say_why),
                                       cmocka_unit_test(numbers),
                                       cmocka_unit_test(values_are_sorted),
                                       cmocka_unit_test(arrays_grow_by_doubling),
                                       cmocka_unit_test(arrays_that_cannot_grow_stay),
                                       cmocka_unit_test(log_lines_go_to_the_sink)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
