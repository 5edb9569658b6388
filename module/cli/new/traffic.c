/* The traffic of a draft: the file's unit, its grid of times, and which of its TMs are run. */
#include "cli/cli.h"
#include "cli/new/draft.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, LEAST_EPOCHS = 24, MOST_EPOCHS = 288, USUAL_HISTORY = 4032 };

static bool ends(const char *path, const char *ending) {
    size_t length = strlen(path), tail = strlen(ending);
    return length >= tail && strcmp(path + length - tail, ending) == 0;
}

static bool is_csv(const char *path) {
    return ends(path, ".csv") || ends(path, ".csv.gz");
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Whether the column of a .csv file states a unit other than kbit/s: then that cannot be stated. */
static bool states_unit(const lead_cli_draft *draft) {
    lead_tm_reading reading = {.unit = 1e3, .to = 1, .from = 0};
    lead_tm_series *none = NULL;
    lead_log_pause(true);
    lead_status status = lead_tm_series_read(draft->tm_path, &reading, &none);
    lead_log_pause(false);
    lead_tm_series_free(none);
    return status != LEAD_OK;
}

static void take_unit(lead_cli_draft *draft) {
    const char *stated = draft->wishes.unit;
    bool guessed = !stated && is_csv(draft->tm_path) && !states_unit(draft);
    if (!stated && !guessed)
        return;
    draft->unit_bps = guessed ? 1e3 : draft->unit_bps;
    snprintf(draft->unit, sizeof draft->unit, "%s", guessed ? "kbit/s" : stated);
    if (guessed)
        lead_cli_note_add(draft, LEAD_CLI_AT_TRAFFIC,
                          "A guess: the numbers of %s are kbit/s; a .csv file does not say "
                          "(--unit Mbit/s, if they are).",
                          draft->wishes.tm);
}

/* NAME-suspect-epochs.csv beside NAME.csv.gz, as models.train takes it. */
static bool name_suspects(const char *tm, char *name, size_t size) {
    size_t length = strlen(tm);
    length -= ends(tm, ".csv.gz") ? 7 : ends(tm, ".csv") ? 4 : length;
    return length > 0 &&
           (size_t)snprintf(name, size, "%.*s-suspect-epochs.csv", (int)length, tm) < size;
}

static lead_status leave_out(lead_cli_draft *draft, const char *path) {
    int64_t *times = NULL;
    lead_tm_series *left = NULL;
    int count, before = lead_tm_series_length(draft->series);
    LEAD_TRY(lead_times_read(path, &times, &count));
    lead_status status = lead_tm_series_without(draft->series, times, count, &left);
    free(times);
    LEAD_TRY(status);
    lead_tm_series_free(draft->series);
    draft->series = left;
    lead_cli_note_add(draft, LEAD_CLI_AT_TRAFFIC,
                      "%s lies beside the TMs: the %d of them that it names are left out.",
                      draft->suspect_file, before - lead_tm_series_length(left));
    return LEAD_OK;
}

static lead_status read_suspects(lead_cli_draft *draft) {
    char name[4200], *path = NULL;
    if (!name_suspects(draft->wishes.tm, name, sizeof name) ||
        lead_cli_find_input(name, draft->out, &path, &draft->suspect_file) != LEAD_OK) {
        free(path);
        return LEAD_OK;
    }
    lead_status status = leave_out(draft, path);
    free(path);
    return status;
}

static lead_status read_series(lead_cli_draft *draft) {
    const lead_cli_wishes *wishes = &draft->wishes;
    lead_tm_reading reading = {.from = INT64_MIN};
    LEAD_TRY(lead_cli_unit("unit", wishes->unit, &draft->unit_bps));
    LEAD_TRY(lead_cli_step(wishes->step, &reading.step));
    reading.unit = draft->unit_bps;
    /* Others are compared name by name first, and then put in the network's order. */
    reading.topology = ends(draft->tm_path, ".demands") ? draft->topology : NULL;
    LEAD_TRY(lead_tm_series_read(draft->tm_path, &reading, &draft->series));
    LEAD_TRY(read_suspects(draft));
    if (lead_tm_series_length(draft->series) == 0)
        return lead_fail(LEAD_INVALID, "%s: there is no TM in it", wishes->tm);
    take_unit(draft);
    return lead_cli_draft_names(draft);
}

/* --- the grid --------------------------------------------------------------------------------- */

static int64_t distance(const lead_tm_series *series, int index) {
    return lead_tm_series_time(series, index) - lead_tm_series_time(series, index - 1);
}

/* The distance of neighbours that is met most often, of equals the least; 0 with one TM. */
static lead_status find_step(const lead_tm_series *series, int64_t *step) {
    int length = lead_tm_series_length(series), most = 0;
    double *distances;
    *step = 0;
    LEAD_TRY(lead_calloc((size_t)length, sizeof *distances, &distances));
    for (int i = 1; i < length; i++)
        distances[i - 1] = (double)distance(series, i);
    lead_sort(distances, (size_t)(length - 1));
    for (int i = 0, next; i < length - 1; i = next) {
        for (next = i; next < length - 1 && distances[next] == distances[i]; next++)
            continue;
        if (next - i > most) {
            most = next - i;
            *step = (int64_t)distances[i];
        }
    }
    free(distances);
    return LEAD_OK;
}

/* The TMs that lie a whole number of steps before or behind the one of that index. */
static int count_on_grid(const lead_tm_series *series, int anchor, int64_t step) {
    int count = 0;
    for (int i = 0; i < lead_tm_series_length(series); i++)
        count += (lead_tm_series_time(series, i) - lead_tm_series_time(series, anchor)) % step == 0;
    return count;
}

/* The step that people have which is nearest by its ratio. */
static int64_t round_step(double step) {
    static const int64_t usual[] = {1,   5,    10,   15,   30,    60,    120,   300,  600,
                                    900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
    int64_t best = 1;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (fabs(log((double)usual[i] / step)) < fabs(log((double)best / step)))
            best = usual[i];
    return best;
}

static lead_status fail_irregular(const lead_cli_draft *draft) {
    const lead_tm_series *series = draft->series;
    int length = lead_tm_series_length(series);
    int64_t least = distance(series, 1), most = least;
    for (int i = 2; i < length; i++) {
        least = distance(series, i) < least ? distance(series, i) : least;
        most = distance(series, i) > most ? distance(series, i) : most;
    }
    int64_t whole = lead_tm_series_time(series, length - 1) - lead_tm_series_time(series, 0);
    return lead_fail(LEAD_INVALID,
                     "%s: its TMs are on no regular grid: they are %lld s to %lld s apart. Bring "
                     "them on one, in pandas: frame.resample(\"%llds\").mean()",
                     draft->wishes.tm, (long long)least, (long long)most,
                     (long long)round_step((double)whole / (length - 1)));
}

/* What the file lacks of its grid, and what lies beside it. */
static void say_gaps(lead_cli_draft *draft, int on_grid) {
    const lead_tm_series *series = draft->series;
    int length = lead_tm_series_length(series);
    int64_t from = lead_tm_series_time(series, 0), to = lead_tm_series_time(series, length - 1);
    long long whole = (to - from) / draft->step + 1, gaps = whole - on_grid;
    char time[LEAD_TIME_LENGTH + 1] = "";
    for (int i = 1; i < length && !*time; i++)
        if (distance(series, i) > draft->step)
            lead_time_format(lead_tm_series_time(series, i - 1) + draft->step, time);
    if (on_grid < length)
        lead_cli_note_add(draft, LEAD_CLI_AT_TRAFFIC,
                          "%d of the %d TMs are not on the grid of %lld s that the others are on: "
                          "they are not used.",
                          length - on_grid, length, (long long)draft->step);
    if (gaps > 0 && *time)
        lead_cli_note_add(draft, LEAD_CLI_AT_TRAFFIC,
                          "The file has gaps: %lld of %lld TMs are missing, the first one of "
                          "%s.%s",
                          gaps, whole, time,
                          draft->model ? "" : " The run lies in a stretch without one.");
}

/* --- the span --------------------------------------------------------------------------------- */

/* As many epochs as a day has, but not few and not very many. */
static int wanted_epochs(int64_t step) {
    int64_t day = DAY / step;
    return day < LEAST_EPOCHS ? LEAST_EPOCHS : day > MOST_EPOCHS ? MOST_EPOCHS : (int)day;
}

/* The last stretch without a gap that is long enough, else the longest: [*from, *until). */
static void find_stretch(const lead_tm_series *series, int64_t step, int wanted, int *from,
                         int *until) {
    int best = 0;
    for (int end = lead_tm_series_length(series), begin; end > 0; end = begin) {
        for (begin = end - 1; begin > 0 && distance(series, begin) == step;)
            begin--;
        if (end - begin <= best)
            continue;
        best = end - begin;
        *from = begin;
        *until = end;
        if (best >= wanted)
            return;
    }
}

/* The last day of the stretch; where the file has not as much before it, the last half. */
static void choose_span(lead_cli_draft *draft) {
    int wanted = wanted_epochs(draft->step), from = 0, until = 0, most;
    find_stretch(draft->series, draft->step, wanted, &from, &until);
    most = until / 2 > 1 ? until / 2 : 1;
    draft->epochs = wanted < most ? wanted : most;
    draft->epochs = draft->epochs < until - from ? draft->epochs : until - from;
    draft->first = until - draft->epochs;
    draft->start = lead_tm_series_time(draft->series, draft->first);
    int64_t before = (draft->start - lead_tm_series_time(draft->series, 0)) / draft->step;
    draft->history = before < USUAL_HISTORY ? (int)before : USUAL_HISTORY;
}

static void say_span(lead_cli_draft *draft) {
    char from[LEAD_TIME_LENGTH + 1], to[LEAD_TIME_LENGTH + 1];
    int length = lead_tm_series_length(draft->series), wanted = wanted_epochs(draft->step);
    lead_time_format(draft->start, from);
    lead_time_format(lead_tm_series_time(draft->series, draft->first + draft->epochs - 1), to);
    lead_cli_note_add(
        draft, LEAD_CLI_AT_TRAFFIC, "Of %d TMs %lld s apart the run has %d, %s to %s: %s. %s",
        length, (long long)draft->step, draft->epochs, from, to,
        draft->epochs * draft->step == DAY ? "the last whole day"
        : draft->epochs == wanted          ? "the last ones"
        : (draft->first + draft->epochs) / 2 == draft->epochs &&
                draft->first + draft->epochs == length
            ? "the last half, since there are not twice as many as a run should have"
            : "the end of the longest stretch without a gap",
        draft->history > 0 ? "Forecasts learn from those before."
                           : "There are none before from which forecasts could learn.");
}

static lead_status take_one(lead_cli_draft *draft) {
    double step = 300;
    LEAD_TRY(draft->wishes.step ? lead_cli_step(draft->wishes.step, &step) : LEAD_OK);
    draft->step = (int64_t)step;
    draft->epochs = 1;
    draft->start = lead_tm_series_time(draft->series, 0);
    lead_cli_note_add(
        draft, LEAD_CLI_AT_TRAFFIC,
        "There is one TM: a run of one epoch, with no TM before it that a policy could "
        "plan for. `lead te` routes one TM by any algorithm.");
    if (!draft->wishes.step)
        lead_cli_note_add(draft, LEAD_CLI_AT_TIME, "A guess: the TM holds for 300 s (--step).");
    return LEAD_OK;
}

static lead_status check_traffic(const lead_cli_draft *draft) {
    int n = lead_tm_series_node_count(draft->series);
    for (int i = 0; i < draft->epochs; i++)
        if (lead_tm_total(lead_tm_series_tm(draft->series, draft->first + i), n) > 0)
            return LEAD_OK;
    return lead_fail(LEAD_INVALID, "%s: the %d TMs of the run have no traffic at all",
                     draft->wishes.tm, draft->epochs);
}

/* --step is for files without times. */
static lead_status check_stated_step(const lead_cli_draft *draft) {
    double stated;
    LEAD_TRY(lead_cli_step(draft->wishes.step, &stated));
    if (!draft->wishes.step || (int64_t)stated == draft->step)
        return LEAD_OK;
    return lead_fail(LEAD_INVALID,
                     "--step: %s has times of its own, and its TMs are %lld s apart: leave it out, "
                     "or bring them on another grid, in pandas: frame.resample(\"%llds\").mean()",
                     draft->wishes.tm, (long long)draft->step, (long long)stated);
}

static lead_status take_many(lead_cli_draft *draft) {
    LEAD_TRY(find_step(draft->series, &draft->step));
    int length = lead_tm_series_length(draft->series);
    LEAD_TRY(check_stated_step(draft));
    choose_span(draft);
    int on_grid = count_on_grid(draft->series, draft->first, draft->step);
    if (on_grid < length - length / 4 || (draft->epochs == 1 && length > 3))
        return fail_irregular(draft);
    say_gaps(draft, on_grid);
    if (!draft->model)
        say_span(draft);
    return LEAD_OK;
}

/* --- synthetic -------------------------------------------------------------------------------- */

enum { SYNTHETIC_BYTES = 400000000 };

static lead_status take_synthetic(lead_cli_draft *draft) {
    double step = 300, n = lead_topology_node_count(draft->topology);
    LEAD_TRY(draft->wishes.step ? lead_cli_step(draft->wishes.step, &step) : LEAD_OK);
    draft->step = (int64_t)step;
    draft->epochs = wanted_epochs(draft->step);
    LEAD_TRY(lead_time_parse("2004-07-20T00:00:00Z", &draft->start));
    double room = floor(SYNTHETIC_BYTES / (8 * n * n)) - draft->epochs;
    draft->history = (int)fmin(USUAL_HISTORY, fmax(0, room));
    lead_cli_note_add(
        draft, LEAD_CLI_AT_TRAFFIC,
        "No TM file: %d epochs of synthetic traffic (gravity means, a daily cycle, noise, "
        "bursts). `lead explain traffic.synthetic` says what can be set.",
        draft->epochs);
    if (draft->history < USUAL_HISTORY)
        lead_cli_note_add(draft, LEAD_CLI_AT_TRAFFIC,
                          "%d TMs of history instead of %d, for the memory's sake: %.0f nodes.",
                          draft->history, USUAL_HISTORY, n);
    return LEAD_OK;
}

lead_status lead_cli_draft_traffic(lead_cli_draft *draft) {
    if (!draft->tm_path)
        return take_synthetic(draft);
    LEAD_TRY(read_series(draft));
    LEAD_TRY(lead_tm_series_length(draft->series) == 1 ? take_one(draft) : take_many(draft));
    return check_traffic(draft);
}
