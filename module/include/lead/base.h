/* base: what every room stands on. Status codes with their messages, log lines, clocks and calendar
 * times, named random streams, and files that appear whole or not at all.
 *
 * Threads, here and in all these headers unless they say otherwise: several threads may call at
 * once as long as none writes what another one uses; a const pointer is only read through. Between
 * calls the library itself keeps the thread's last message, and for the process: where log lines
 * go, the memory hook (both to be set while nobody else is inside), and libtorch once it is loaded.
 */
#ifndef LEAD_BASE_H
#define LEAD_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Stands before every function that these headers declare, and before nothing else: it is shown by
 * the library. Everything else in it is hidden from the linker, so that its own names, and those of
 * the C++ it is made of, meet nobody else's. */
#if defined(__GNUC__)
#define LEAD_API __attribute__((visibility("default")))
#else
#define LEAD_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Everywhere in these headers: a pointer is not NULL unless its comment says that it may be (or its
 * count is 0; what frees takes NULL), indices are in their range, arrays have the size in brackets.
 * Who calls sees to it: a debug build (CMAKE_BUILD_TYPE Debug) ends the process otherwise. Values
 * - options, counts, rates - are checked in every build. */

/* --- status ---------------------------------------------------------------------------------- */

/* Every status the library knows: X(name, text). LEAD_OK is 0. */
#define LEAD_STATUS_LIST(X)                                                                        \
    X(OK, "success")                                                                               \
    X(INVALID, "invalid argument")                                                                 \
    X(FORMAT, "malformed input")                                                                   \
    X(IO, "input or output failed")                                                                \
    X(MEMORY, "out of memory")                                                                     \
    X(NUMERIC, "not a sensible number")                                                            \
    X(INFEASIBLE, "no solution exists")                                                            \
    X(LATE, "time budget exceeded")                                                                \
    X(UNAVAILABLE, "not available in this build or on this machine")                               \
    X(MODEL, "model failed")                                                                       \
    X(SIMULATOR, "simulator failed")

/* What a function answers: LEAD_OK, or the kind of its failure; the message says which. */
typedef enum lead_status {
#define X(name, text) LEAD_##name,
    LEAD_STATUS_LIST(X)
#undef X
} lead_status;

/* Arguments are checked against a format, as printf's are, where the compiler can. */
#if defined(__GNUC__)
#define LEAD_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#else
#define LEAD_PRINTF(format_index, first)
#endif

/* The status's name ("INVALID") and its text ("invalid argument"); "?" for a value that is none. */
LEAD_API const char *lead_status_name(lead_status status);
/* The status's text ("invalid argument"); "?" for a value that is none. O(1). */
LEAD_API const char *lead_status_text(lead_status status);

/* Stores the message of a failure for this thread and returns `status`, so that a function can say
 * `return lead_fail(LEAD_INVALID, "link %d: ...", link);`. Messages are cut at 1023 bytes; what a
 * terminal would obey in them is shown instead (lead_printable). */
LEAD_API lead_status lead_fail(lead_status status, const char *format, ...) LEAD_PRINTF(2, 3);

/* Puts "context: " before the stored message and returns `status`. */
LEAD_API lead_status lead_fail_within(lead_status status, const char *format, ...)
    LEAD_PRINTF(2, 3);

/* `text` with every control character, and every byte that is not UTF-8, as \x1b, cut to `room`
 * bytes: names and values of files must not command a terminal. Returns `out`. */
LEAD_API const char *lead_printable(const char *text, char *out, size_t room);

/* The message of this thread's last failure, borrowed until its next one; "" when there was none.
 */
LEAD_API const char *lead_last_message(void);

/* Returns from the calling function when `call` fails. */
#define LEAD_TRY(call)                                                                             \
    do {                                                                                           \
        lead_status lead_try_status_ = (call);                                                     \
        if (lead_try_status_ != LEAD_OK)                                                           \
            return lead_try_status_;                                                               \
    } while (0)

/* Goes to the function's `fail:` label when `call` fails; the function has `lead_status status`. */
#define LEAD_TRY_FREE(call)                                                                        \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != LEAD_OK)                                                                     \
            goto fail;                                                                             \
    } while (0)

/* --- memory ---------------------------------------------------------------------------------- */

/* Zeroed room for `count` things of `size` bytes in *out. LEAD_MEMORY (with the size in the
 * message) when there is none or count * size overflows. A count of 0 gives a pointer that may be
 * freed. Free with free(). */
LEAD_API lead_status lead_calloc(size_t count, size_t size, void *out);

/* A new copy of the string in *out, freed with free(). */
LEAD_API lead_status lead_string_copy(const char *text, char **out);

/* Whether the library may have `size` bytes more. */
typedef bool (*lead_memory_hook)(size_t size, void *data);

/* Asks `hook` before all memory that the library takes for itself or gives to its caller, or that
 * libcyaml takes for it; where it says false the library goes on as if there were none
 * (LEAD_MEMORY). For tests of running out, and for hosts that set a limit. NULL (the default):
 * never asked. Set it while nobody else is inside the library; a work on several threads asks from
 * each of them. The memory itself is always malloc's, since callers free what they are given with
 * free(); the memory of other libraries (Clp, libxml2, jansson, zlib, ns-3, libtorch) is the
 * process's: who has another allocator puts it in malloc's place. */
LEAD_API void lead_memory_set_hook(lead_memory_hook hook, void *data);

/* Takes the room that the linear algebra of so many threads at once needs. LEAD_MEMORY when there
 * is none: the libraries would wait for it without end. */
LEAD_API lead_status lead_blas_reserve(int threads);

/* --- cores ----------------------------------------------------------------------------------- */

/* How many cores this process may use: what it was told (LEAD_THREADS, which --threads sets), else
 * what Slurm gave the task (SLURM_CPUS_PER_TASK, else SLURM_CPUS_ON_NODE), else those of its
 * affinity mask. At least 1. */
LEAD_API int lead_cores(void);

/* --- log ------------------------------------------------------------------------------------- */

/* What a line is about: progress, or what somebody should look at. */
typedef enum lead_log_level { LEAD_LOG_INFO, LEAD_LOG_WARNING } lead_log_level;
/* Takes a line, without its end and with nothing in it that a terminal obeys; `data` as it was
 * given with the sink. */
typedef void (*lead_log_sink)(lead_log_level level, const char *line, void *data);

/* Where log lines go. NULL (the default): warnings to standard error, the rest nowhere. Set it
 * before threads start. */
LEAD_API void lead_log_set_sink(lead_log_sink sink, void *data);
/* Drops lines for a while: of what was said already. */
LEAD_API void lead_log_pause(bool pause);
/* Begins this thread's lines with a text and a colon, "policy \"p\", epoch 7"; borrowed until the
 * next call. NULL: with none. */
LEAD_API void lead_log_within(const char *text);
/* Hands a line of at most 1023 bytes to the sink. */
LEAD_API void lead_log(lead_log_level level, const char *format, ...) LEAD_PRINTF(2, 3);

/* --- limits ---------------------------------------------------------------------------------- */

/* Most paths of an OD pair, and most next hops for a destination at a router. */
enum { LEAD_WAYS_MAX = 255 };

/* --- time ------------------------------------------------------------------------------------ */

/* Seconds of a monotonic wall clock, for durations only. */
LEAD_API double lead_clock_seconds(void);

/* Calendar times, ISO 8601, to seconds since 1970-01-01 UTC (proleptic Gregorian, years 1..9999):
 * "2004-07-20T00:00:00Z", and as people have them: a blank for the T, no seconds, no clock time,
 * fractions that are zero, a zone (Z, +02:00, +0200), "2004/07/20". A time without a zone is UTC.
 * Or 9 to 11 digits: the seconds themselves, but 2004072000, which is an hour, too. LEAD_FORMAT,
 * with what to write where that is known, for anything else. lead_time_format writes the first
 * form, terminated. */
#define LEAD_TIME_LENGTH 20
/* The time that `text` says, in *seconds since 1970; LEAD_FORMAT, see LEAD_TIME_LENGTH, for what is
 * none. O(length). */
LEAD_API lead_status lead_time_parse(const char *text, int64_t *seconds);
/* The first of these forms of a time, terminated. O(1). */
LEAD_API void lead_time_format(int64_t seconds, char text[LEAD_TIME_LENGTH + 1]);

/* --- texts ----------------------------------------------------------------------------------- */

/* Numbers are read and written with a decimal point, also within a program whose locale has a
 * comma: functions that do so enter the C locale for this thread, and leave it for the one before.
 */
typedef void *lead_locale;
/* Enters the C locale for this thread; the one before, for lead_locale_leave; NULL when memory is
 * short, and nothing was entered then. */
LEAD_API lead_locale lead_locale_enter(void);
/* Back to the locale that lead_locale_enter gave; NULL: nothing is done. */
LEAD_API void lead_locale_leave(lead_locale before);

/* Whether a text is UTF-8. O(length). */
LEAD_API bool lead_utf8_valid(const char *text);
/* The character of that number (at most U+10FFFF) in UTF-8, terminated. */
LEAD_API void lead_utf8_print(uint32_t code, char text[5]);

/* --- words that are not known ---------------------------------------------------------------- */

enum { LEAD_NEAREST_LENGTH = 80 }; /* longer words are not guessed at */

/* The known word that is nearest to one that nobody knows: { .word = WORD }, then all known ones
 * are offered, then the hint is asked for. Near is what few letters make of it that are put in,
 * left out, exchanged or swapped with their neighbour (one for a short word, three at most), and
 * what goes on after it; upper and lower case, '-' and '_' count the same. */
typedef struct lead_nearest {
    const char *word; /* borrowed */
    int letters;      /* between it and the nearest one so far; the rest is its own, and 0 */
    char known[LEAD_NEAREST_LENGTH + 1], hint[LEAD_NEAREST_LENGTH + 20];
} lead_nearest;

/* Offers a known word; of equally near ones the first is kept. O(length^2). */
LEAD_API void lead_nearest_offer(lead_nearest *self, const char *known);
/* Offers each word of a list, "a, b, c". O(length^2). */
LEAD_API void lead_nearest_offer_list(lead_nearest *self, const char *list);
/* ": did you mean run?", for the end of a message, or "" where none is near; borrowed from `self`.
 */
LEAD_API const char *lead_nearest_hint(lead_nearest *self);
/* LEAD_INVALID: "WORD" is none of a, b, c, and which of them it is near. */
LEAD_API lead_status lead_fail_unknown(const char *word, const char *list);

/* --- random ---------------------------------------------------------------------------------- */

/* Four random words that are a function of (key, counter) alone: Philox4x32-10 (Salmon, Moraes,
 * Dror and Shaw 2011). */
LEAD_API void lead_philox(uint64_t key, uint64_t counter, uint32_t words[4]);
/* Puts values[0..count) in a random order (Fisher and Yates) by the lead_philox draws [counter,
 * counter + count) of a key. */
LEAD_API void lead_random_shuffle(uint64_t key, uint64_t counter, double *values, int count);

/* The 64-bit seed of the stream (seed, name): what a consumer draws depends on the seed and its own
 * name alone, so that adding a consumer changes no other's draws (SplitMix64 of FNV-1a). */
LEAD_API uint64_t lead_random_seed(uint64_t seed, const char *name);

/* --- files ----------------------------------------------------------------------------------- */

/* A file that is written under a temporary name beside its own and renamed when it is complete. */
typedef struct lead_file_writer lead_file_writer;

/* Opens "PATH.part-PID" for writing. With `gzip` what is written is compressed. */
LEAD_API lead_status lead_file_writer_alloc(const char *path, bool gzip, lead_file_writer **out);
/* printf into the file; an error is kept and told by finish. */
LEAD_API void lead_file_printf(lead_file_writer *writer, const char *format, ...) LEAD_PRINTF(2, 3);
/* Flushes, syncs and renames to the final name; on failure nothing with the final name is touched.
 */
LEAD_API lead_status lead_file_writer_finish(lead_file_writer *writer);
/* Frees the writer; a file that was not finished is removed. NULL is allowed. */
LEAD_API void lead_file_writer_free(lead_file_writer *writer);

/* The same into memory: what is written by lead_file_printf becomes a text. LEAD_MEMORY. */
LEAD_API lead_status lead_text_writer_alloc(lead_file_writer **out);
/* The text in *text, freed with free(); the writer is freed as ever. LEAD_MEMORY when there was not
 * room for all of it. O(length). */
LEAD_API lead_status lead_text_writer_finish(lead_file_writer *writer, char **text);

/* LEAD_IO when `path` is there and is no regular file: a pipe would be waited for, a device never
 * ends. */
LEAD_API lead_status lead_file_check(const char *path);

/* Reads a whole file, gzip'd or not, into a new NUL-terminated buffer. LEAD_FORMAT for a truncated
 * or damaged gzip stream, LEAD_IO otherwise, LEAD_FORMAT when it holds more than `limit` bytes. */
LEAD_API lead_status lead_file_read(const char *path, size_t limit, char **out, size_t *length);

/* Makes a directory and its parents; one that is there already is no failure. */
LEAD_API lead_status lead_directory_make(const char *path);

/* Holds a folder for this process: LEAD_IO while another one holds it. *lock is closed to let it
 * go, and is let go when the process ends; -1, with a warning, where the file system knows no
 * locks. */
LEAD_API lead_status lead_directory_lock(const char *path, int *lock);

/* --- numbers --------------------------------------------------------------------------------- */

/* Sum of `count` values. */
LEAD_API double lead_sum(const double *values, size_t count);

/* Sorts values in place, ascending; none is NaN. O(count log count). */
LEAD_API void lead_sort(double *values, size_t count);

/* The q-quantile (0..1) of `count` > 0 values by linear interpolation between order statistics
 * (type 7 of Hyndman and Fan 1996); sorts `values` in place. */
LEAD_API double lead_quantile(double *values, size_t count, double q);

#ifdef __cplusplus
}
#endif
#endif
