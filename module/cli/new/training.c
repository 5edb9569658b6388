/* A draft as a configuration of `models.train`: the sizes of the shipped models. */
#include "cli/new/draft.h"
#include <math.h>
#include <string.h>

enum { DAY = 86400, HISTORY = 16, HORIZON = 20, LEAST_DAY = 12, CHOOSE_WINDOWS = 20, MANY = 15000 };
enum { FIT_DAYS = 5 }; /* a quarter of them and a day on both sides are left out of each fold */

/* Pairs of Abilene's 12 nodes, the diagonal too, times the windows of a step; the base forecast's
 * networks draw their pairs, and cost the same for every network. */
#define DIFFUSION_WORK (16.0 * 12 * 12)

typedef struct sizes {
    int history, horizon, last_offset; /* in steps */
    int residuals;                     /* windows whose errors are kept */
    int diffusion_windows;             /* of the diffusion's */
    int score_windows, base_scored;    /* of the diffusion's scores, of the base forecast's */
    double dropout, way;               /* against over-fitting */
} sizes;

static int within(double value, int least, int most) {
    return value < least ? least : value > most ? most : (int)lround(value);
}

static sizes choose(const lead_cli_draft *draft, int day) {
    double n = lead_topology_node_count(draft->topology);
    bool few = lead_tm_series_length(draft->series) < MANY;
    sizes it = {.history = day / 2 < HISTORY ? day / 2 : HISTORY,
                .horizon = day - 2 < HORIZON ? day - 2 : HORIZON,
                .diffusion_windows = within(DIFFUSION_WORK / (n * n), 4, 16),
                .dropout = few ? 0.2 : 0.15,
                .way = few ? 0.4 : 0};
    it.last_offset = day - 1 - it.history < it.horizon + 1 ? day - 1 - it.history : it.horizon + 1;
    it.score_windows = within(72 * 144 / (n * n), 12, 72);
    it.residuals = within(6000 * 529 / (n * n), 400, 6000);
    it.base_scored = within(300 * 529 / (n * n), 50, 300);
    return it;
}

/* --- whether it can be trained ---------------------------------------------------------------- */

/* models.train reads its files' columns by the commas between them. */
static lead_status check_names(const lead_cli_draft *draft) {
    for (int v = 0; v < lead_topology_node_count(draft->topology); v++) {
        const char *name = lead_topology_node_name(draft->topology, v);
        if (strpbrk(name, ",\"\n\r>") || strchr(" \t", name[0]) ||
            strchr(" \t", name[strlen(name) - 1]))
            return lead_fail(LEAD_INVALID,
                             "node \"%s\": models.train reads no names with , \" > or blanks "
                             "around them: rename it in both files",
                             name);
    }
    return LEAD_OK;
}

static lead_status check(const lead_cli_draft *draft, int *day) {
    const char *file = draft->wishes.tm;
    *day = (int)(DAY / draft->step);
    if (DAY % draft->step != 0 || *day < LEAST_DAY)
        return lead_fail(LEAD_INVALID,
                         "%s: LEAD looks at yesterday's TMs: a day must be a multiple, at least %d "
                         "times, of the step, %lld s. %s",
                         file, LEAST_DAY, (long long)draft->step,
                         *day < LEAST_DAY ? "It wants TMs that are nearer to one another"
                                          : "In pandas: frame.resample(\"1h\").mean()");
    int length = lead_tm_series_length(draft->series),
        horizon = *day - 2 < HORIZON ? *day - 2 : HORIZON;
    int choose_least = 10 * (CHOOSE_WINDOWS + horizon), fit_least = FIT_DAYS * *day * 10 / 7;
    int least = choose_least > fit_least ? choose_least : fit_least;
    if (length < least)
        return lead_fail(
            LEAD_INVALID,
            "%s: %d TMs are too few to train on: 70 %% of them are learnt from and 10 %% "
            "choose, which takes %d at least",
            file, length, least);
    return check_names(draft);
}

static void say_split(lead_cli_draft *draft) {
    char fit[LEAD_TIME_LENGTH + 1], choose_end[LEAD_TIME_LENGTH + 1];
    int length = lead_tm_series_length(draft->series);
    lead_time_format(lead_tm_series_time(draft->series, length * 7 / 10), fit);
    lead_time_format(lead_tm_series_time(draft->series, length * 8 / 10), choose_end);
    lead_cli_note_add(
        draft, LEAD_CLI_AT_MODEL,
        "The split of the %d TMs: up to %s learnt from, up to %s chosen by, the rest is "
        "not looked at: score on that (\"split\").",
        length, fit, choose_end);
}

static void say_sizes(lead_cli_draft *draft, const sizes *it) {
    lead_cli_note_add(
        draft, LEAD_CLI_AT_MODEL,
        "From %d past TMs, %d of yesterday and means of up to a week %d steps ahead. Some twenty "
        "minutes on one core, whatever the network's size (\"steps\").",
        it->history, it->last_offset + 3, it->horizon);
    lead_cli_note_add(
        draft, LEAD_CLI_AT_MODEL,
        "%s TMs: %s against over-fitting (\"base_dropout\"). No diffusion (\"steps\": 0) and no "
        "backbone (\"none\"), which gained nothing that we could measure: samples are paths of "
        "the past.",
        it->way > 0 ? "Rather few" : "Many", it->way > 0 ? "more" : "less");
}

/* --- the file --------------------------------------------------------------------------------- */

static void write_model(lead_file_writer *writer, const sizes *it) {
    lead_file_printf(
        writer,
        "  \"model\": {\n"
        "    \"backbone\": \"none\",\n"
        "    \"qwen2\": {\"hidden_size\": 128, \"num_hidden_layers\": 4, \"num_attention_heads\": "
        "4, "
        "\"num_key_value_heads\": 2, \"intermediate_size\": 352},\n"
        "    \"image\": \"rgb\",\n    \"condition\": \"both\",\n    \"bottleneck\": 16,\n"
        "    \"channels\": 8,\n    \"kept\": 4,\n    \"token\": 128,\n    \"aggregator_layers\": "
        "1,\n"
        "    \"pair_embedding\": 12,\n    \"base\": 128,\n    \"base_depth\": 3,\n"
        "    \"base_networks\": 5,\n    \"map\": 32,\n    \"width\": 48,\n    \"heads\": 2,\n"
        "    \"dropout\": 0.1,\n    \"base_dropout\": %g,\n    \"base_way\": %g\n  },\n",
        it->dropout, it->way);
}

/* What the base forecast and those of parts of the time, whose errors are the paths, have alike. */
static void write_learning(lead_file_writer *writer, double ema) {
    lead_file_printf(
        writer,
        "      \"windows\": 32,\n      \"pairs\": 64,\n      \"learning_rate\": 0.003,\n"
        "      \"warm_up\": 100,\n      \"weight_decay\": 0.1,\n      \"ema\": %g,\n"
        "      \"weight_power\": 0.5,\n      \"drop_frames\": 0.05,\n      \"save_every\": 100",
        ema);
}

static void write_training(lead_file_writer *writer, const sizes *it) {
    lead_file_printf(writer, "  \"training\": {\n    \"base\": {\n      \"steps\": 1500,\n");
    write_learning(writer, 0.998);
    lead_file_printf(writer,
                     ",\n      \"score_every\": 500,\n      \"score_windows\": %d,\n"
                     "      \"score_samples\": 40\n    },\n",
                     it->base_scored);
    lead_file_printf(writer,
                     "    \"folds\": {\n      \"blocks\": 4,\n      \"steps\": 700,\n"
                     "      \"residuals\": %d,\n",
                     it->residuals);
    write_learning(writer, 0.995);
    lead_file_printf(
        writer,
        "\n    },\n    \"diffusion\": {\n      \"steps\": 0,\n      \"windows\": %d,\n"
        "      \"noises\": 4,\n      \"learning_rate\": 0.0005,\n      \"warm_up\": 100,\n"
        "      \"weight_decay\": 0.05,\n      \"ema\": 0.998,\n      \"weight_power\": 0.25,\n"
        "      \"drop_frames\": 0.05,\n      \"save_every\": 100,\n      \"score_every\": 200,\n"
        "      \"score_windows\": %d,\n      \"score_samples\": 20,\n      \"score_steps\": 4\n"
        "    }\n  },\n",
        it->diffusion_windows, it->score_windows);
}

/* Names are letters, digits, . _ + and -, see new.c. */
static void write_all(const lead_cli_draft *draft, const sizes *it, lead_file_writer *writer) {
    lead_file_printf(
        writer,
        "{\n  \"name\": \"%s\",\n  \"data\": \"%s\",\n  \"seed\": 1,\n  \"history\": %d,\n"
        "  \"horizon\": %d,\n  \"day_offsets\": [",
        draft->name, draft->stem, it->history, it->horizon);
    for (int offset = -2; offset <= it->last_offset; offset++)
        lead_file_printf(writer, "%s%d", offset > -2 ? ", " : "", offset);
    lead_file_printf(writer, "],\n");
    write_model(writer, it);
    write_training(writer, it);
    lead_file_printf(writer, "  \"split\": [0.7, 0.8]\n}\n");
}

lead_status lead_cli_draft_write_training(lead_cli_draft *draft) {
    lead_file_writer *writer;
    int day;
    LEAD_TRY(check(draft, &day));
    sizes it = choose(draft, day);
    say_split(draft);
    say_sizes(draft, &it);
    LEAD_TRY(lead_file_writer_alloc(draft->out, false, &writer));
    write_all(draft, &it, writer);
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}
