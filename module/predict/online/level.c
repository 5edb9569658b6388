/* level: see level.h. A jump is a factor common to the pairs (jumps.h) whose logarithm is further
 * from 0 than 10 times the series' own robust spread, 1.4826 times the median of |log factor| (the
 * Hampel identifier: Davies and Gather 1993), and than a factor of 1.3 for all pairs, 3 for a
 * node's (smaller ones of real nodes are mostly its largest pairs'). Jumps add up to levels; a
 * level that is less than a jump from an earlier one is that one again. Where a group sends less
 * than a thousandth of what is usual (the upper quartile of its rates) a TM says nothing of its
 * level: the factors of a trickle are noise, or what a filter leaves of traffic that is gone. What
 * comes behind it is compared with the last TM before it, for it may have come in steps, too. How
 * long an unusual level lasts nobody knows: that of an age that is known and a scale that is not
 * has a survival function age / (age + ahead) (Gott 1993); an hour is added to the age, for a level
 * that has just begun would else end in half of the samples. */
#include "predict/online/level.h"
#include "predict/online/jumps.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 4096, DAYS = 8, DAY = 86400, HOUR = 3600, LEAST = 48, LEVELS = 64 };
static const double SPREADS = 10, OF_NORMAL = 1.4826, FACTOR = 1.3, NODE_FACTOR = 3;
static const double FAINT = 0.001,
                    UPPER = 0.75; /* of the quantile of a group's rates, which is usual */
static const double MOST = 9.2;   /* of a level, a logarithm: a factor of 10,000 either way */

struct lead_level {
    int node_count, samples, rooms, longest;
    int64_t step;
    lead_jumps *jumps;
    int first, count;    /* rows of the history that were looked at */
    double *log_factor;  /* [1 + n][rooms] */
    double *rate;        /* [1 + n][rooms] of all pairs, and of those of each node */
    double *faint;       /* [1 + n] rates below which nothing is told */
    double *level;       /* [1 + n][rooms] log of the factor over the usual */
    double *age;         /* [1 + n] steps that the present level has lasted */
    double *sorted;      /* [rooms] */
    double *factor, *tm; /* [1 + n], [n*n] */
    double *order;       /* [1 + n][samples] */
    const char **names;  /* [n] */
};

void lead_level_free(lead_level *self) {
    if (!self)
        return;
    lead_jumps_free(self->jumps);
    free(self->log_factor);
    free(self->rate);
    free(self->faint);
    free(self->level);
    free(self->age);
    free(self->sorted);
    free(self->factor);
    free(self->tm);
    free(self->order);
    free(self->names);
    free(self);
}

lead_status lead_level_alloc(const lead_predictor_options *options, lead_level **out) {
    size_t n = (size_t)options->node_count, groups = n + 1;
    int64_t days = DAYS * (int64_t)DAY / options->step;
    int rooms = days < LONGEST ? (int)days + 1 : LONGEST;
    lead_level *self = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    *self = (lead_level){.node_count = options->node_count,
                         .samples = options->samples,
                         .rooms = rooms,
                         .longest = options->window > LONGEST ? options->window : LONGEST,
                         .step = options->step};
    LEAD_TRY_FREE(lead_jumps_alloc(self->node_count, self->step, rooms, &self->jumps));
    LEAD_TRY_FREE(lead_calloc(groups * (size_t)rooms, sizeof(double), &self->log_factor));
    LEAD_TRY_FREE(lead_calloc(groups * (size_t)rooms, sizeof(double), &self->rate));
    LEAD_TRY_FREE(lead_calloc(groups, sizeof(double), &self->faint));
    LEAD_TRY_FREE(lead_calloc(groups * (size_t)rooms, sizeof(double), &self->level));
    LEAD_TRY_FREE(lead_calloc(groups, sizeof(double), &self->age));
    LEAD_TRY_FREE(lead_calloc((size_t)rooms, sizeof(double), &self->sorted));
    LEAD_TRY_FREE(lead_calloc(groups, sizeof(double), &self->factor));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->tm));
    LEAD_TRY_FREE(lead_calloc(groups * (size_t)self->samples, sizeof(double), &self->order));
    LEAD_TRY_FREE(lead_calloc(n, sizeof *self->names, &self->names));
    *out = self;
    return LEAD_OK;
fail:
    lead_level_free(self);
    return status;
}

/* --- levels of one group: all pairs, or a node's ------------------------------------------------
 */

static double *row_of(const lead_level *self, double *values, int group) {
    return values + (size_t)group * (size_t)self->rooms;
}

/* What counts as a jump, a logarithm. */
static double find_jump(lead_level *self, int group) {
    const double *logs = row_of(self, self->log_factor, group);
    for (int i = 0; i < self->count; i++)
        self->sorted[i] = isnan(logs[i]) ? 0 : fabs(logs[i]);
    double spread = OF_NORMAL * lead_quantile(self->sorted, (size_t)self->count, 0.5);
    return fmax(SPREADS * spread, log(group == 0 ? FACTOR : NODE_FACTOR));
}

static bool is_faint(const lead_level *self, int group, int i) {
    return self->rate[(size_t)group * (size_t)self->rooms + (size_t)i] < self->faint[group];
}

static double limit(double level) {
    return fmin(MOST, fmax(-MOST, level));
}

/* The level after a jump: one of levels[*count] where it is near, else a new one while there is
 * room. */
static double settle(double level, double near, double *levels, int *count) {
    int nearest = 0;
    for (int i = 1; i < *count; i++)
        if (fabs(levels[i] - level) < fabs(levels[nearest] - level))
            nearest = i;
    if (fabs(levels[nearest] - level) <= near || *count == LEVELS)
        return levels[nearest];
    return levels[(*count)++] = level;
}

/* Where a group is in its way through the TMs: indices of those looked at. */
typedef struct way {
    double levels[LEVELS], level; /* all so far; the present one */
    int count, begun;             /* levels; when the present one began */
    int from, jumped, gap; /* what is compared with; the last jump; the end of the last gap */
    int clear, back; /* the last TM that was not faint, -1: none; the first behind faint ones */
    double from_level, near; /* of levels that are one */
} way;

/* A jump: what follows is compared with the TM of an hour before. Two within an hour have one. */
static void begin_jump(way *self, const double *level, double jump, int i, int hour) {
    if (i - self->jumped > hour || i - self->from > 2 * hour) {
        self->from = i - hour > 0 ? i - hour : 0;
        self->from = self->from > self->gap ? self->from : self->gap;
        self->from = self->from > self->back ? self->from : self->back;
        self->from_level = level[self->from];
    }
    self->near = jump;
    self->jumped = i;
}

/* The first TM behind faint ones: what follows is compared with the last one before these, however
 * long ago. Another time of day is no other level. */
static void come_back(way *self, const double *level, double jump, int i) {
    self->back = i;
    if (self->clear < 0)
        return;
    self->from = self->clear;
    self->from_level = level[self->clear];
    self->near = fmax(jump, log(NODE_FACTOR));
    self->gap = -LONGEST;
    self->jumped = i;
}

/* Takes the TM's level for that of the one compared with, times what came between; whether it is
 * another one now. */
static bool step_on(lead_level *self, const lead_tm_series *history, int group, way *on, int i) {
    const double *factors =
        lead_jumps_between(self->jumps, history, self->first + on->from, self->first + i);
    double before = on->level;
    on->level = settle(limit(on->from_level + factors[group]), on->near, on->levels, &on->count);
    bool is_other = on->level < before || on->level > before;
    if (is_other)
        on->begun = i;
    return is_other;
}

/* The levels that jumps lead to; whether there are any. Within the hour after a jump every TM is
 * compared with one from before it, since not every level is reached or left in one step. After a
 * gap the level is taken for that of before it; a jump within the hour says that the TMs in between
 * were not at it. Behind faint TMs it is that of what came back. */
static bool follow(lead_level *self, const lead_tm_series *history, int group, double jump) {
    const double *logs = row_of(self, self->log_factor, group);
    double *level = row_of(self, self->level, group);
    way on = {.count = 1, .jumped = -LONGEST, .gap = -LONGEST, .clear = -1};
    int hour = (int)(HOUR / self->step);
    bool are_any = false;
    for (int i = 0; i < self->count; i++) {
        bool faint = is_faint(self, group, i);
        on.gap = isnan(logs[i]) ? i : on.gap;
        if (!faint && on.clear < i - 1)
            come_back(&on, level, jump, i);
        bool does = fabs(logs[i]) > jump, after_gap = i - on.gap <= hour; /* no NaN does */
        are_any |= does;
        for (int k = on.gap; does && after_gap && k < i; k++)
            level[k] -= logs[i];
        if (does && !after_gap && on.jumped < i)
            begin_jump(&on, level, jump, i, hour);
        if (i - on.jumped <= hour && i > on.from && !after_gap && !faint &&
            !is_faint(self, group, on.from))
            are_any |= step_on(self, history, group, &on, i);
        level[i] = on.level;
        on.clear = faint ? on.clear : i;
    }
    self->age[group] = self->count - on.begun;
    return are_any;
}

/* Makes levels those over the usual one: of most of the last day. */
static void compare_with_usual(lead_level *self, int group) {
    double *level = row_of(self, self->level, group);
    int64_t day = DAY / self->step;
    int recent = day < self->count ? (day > 0 ? (int)day : 1) : self->count;
    memcpy(self->sorted, level + self->count - recent, (size_t)recent * sizeof *level);
    lead_sort(self->sorted, (size_t)recent);
    double usual = self->sorted[recent / 2];
    for (int i = 0; i < self->count; i++)
        level[i] -= usual;
}

static bool find_levels(lead_level *self, const lead_tm_series *history, int group) {
    bool jumped = follow(self, history, group, find_jump(self, group));
    if (jumped)
        compare_with_usual(self, group);
    return jumped;
}

/* --- a history at the usual level ---------------------------------------------------------------
 */

/* Rates of the groups, and which are too small to tell anything. */
static void find_rates(lead_level *self, const lead_tm_series *history) {
    const size_t n = (size_t)self->node_count, rooms = (size_t)self->rooms;
    for (size_t i = 0; i < (size_t)self->count; i++) {
        const double *tm = lead_tm_series_tm(history, self->first + (int)i);
        for (size_t group = 0; group <= n; group++)
            self->rate[group * rooms + i] = 0;
        for (size_t od = 0; od < n * n; od++) {
            if (od / n == od % n)
                continue;
            self->rate[i] += tm[od];
            self->rate[(1 + od / n) * rooms + i] += tm[od];
            self->rate[(1 + od % n) * rooms + i] += tm[od];
        }
    }
    for (size_t group = 0; group <= n; group++) {
        memcpy(self->sorted, self->rate + group * rooms, (size_t)self->count * sizeof(double));
        self->faint[group] = FAINT * lead_quantile(self->sorted, (size_t)self->count, UPPER);
    }
}

/* What a TM is compared with: the last one before it that has traffic, or a copy of that; further
 * back than jumps.c looks it has no factor. -1: none. */
static int with_traffic(const lead_level *self, int i) {
    enum { BACK = 4 };
    for (int before = i - 1; before >= 0 && before >= i - BACK; before--)
        if (self->rate[before] > 0)
            return before;
    return -1;
}

/* The factor's logarithm, and 0 where one of the two TMs says nothing. NaN stays what it is. */
static double told(const lead_level *self, int group, int i, double log_factor) {
    const int before = with_traffic(self, i);
    if (before < 0 || isnan(log_factor))
        return log_factor;
    return is_faint(self, group, i) || is_faint(self, group, before) ? 0 : log_factor;
}

static void look_back(lead_level *self, const lead_tm_series *history, int now) {
    int64_t oldest = lead_tm_series_time(history, now) - DAYS * (int64_t)DAY;
    int groups = self->node_count + 1;
    self->first = now + 1 > self->rooms ? now + 1 - self->rooms : 0;
    while (lead_tm_series_time(history, self->first) < oldest)
        self->first++;
    self->count = now + 1 - self->first;
    find_rates(self, history);
    for (int i = 0; i < self->count; i++) {
        const double *logs = lead_jumps_of(self->jumps, history, self->first + i);
        for (int group = 0; group < groups; group++)
            row_of(self, self->log_factor, group)[i] =
                i > 0 ? told(self, group, i, logs[group]) : 0;
    }
}

/* self->tm: the TM divided by what its level is over the usual. */
static void flatten(lead_level *self, const double *tm, int row) {
    size_t n = (size_t)self->node_count;
    int i = row > self->first ? row - self->first : 0;
    for (size_t group = 0; group <= n; group++)
        self->factor[group] = exp(-row_of(self, self->level, (int)group)[i]);
    for (size_t od = 0; od < n * n; od++)
        self->tm[od] =
            tm[od] * self->factor[0] * self->factor[1 + od / n] * self->factor[1 + od % n];
}

static lead_status copy(lead_level *self, const lead_tm_series *history, int now,
                        lead_tm_series *usual) {
    int first = now + 1 > self->longest ? now + 1 - self->longest : 0;
    for (int row = first; row <= now; row++) {
        flatten(self, lead_tm_series_tm(history, row), row);
        LEAD_TRY(lead_tm_series_append(usual, lead_tm_series_time(history, row), self->tm));
    }
    return LEAD_OK;
}

lead_status lead_level_find(lead_level *self, const lead_tm_series *history, int now,
                            lead_tm_series **usual) {
    bool jumped = false;
    *usual = NULL;
    look_back(self, history, now);
    if (self->count < LEAST)
        return LEAD_OK;
    for (int group = 0; group <= self->node_count; group++)
        jumped |= find_levels(self, history, group);
    if (!jumped)
        return LEAD_OK;
    for (int v = 0; v < self->node_count; v++)
        self->names[v] = lead_tm_series_node_name(history, v);
    LEAD_TRY(lead_tm_series_alloc(self->node_count, self->names[0] ? self->names : NULL, usual));
    lead_status status = copy(self, history, now, *usual);
    if (status != LEAD_OK) {
        lead_tm_series_free(*usual);
        *usual = NULL;
    }
    return status;
}

/* --- the forecast at the present level ----------------------------------------------------------
 */

/* The share of samples in which a level lasts so many steps more. */
static double lasts(const lead_level *self, int group, int ahead) {
    double known = self->age[group] + (double)HOUR / (double)self->step;
    return known / (known + ahead);
}

/* (order + 1/2) / count of a random order, the same for all steps of a sample. */
static void draw(const lead_level *self, uint64_t key, int group) {
    int count = self->samples;
    double *order = self->order + (size_t)group * (size_t)count;
    for (int k = 0; k < count; k++)
        order[k] = (k + 0.5) / count;
    lead_random_shuffle(key, (uint64_t)group * (uint64_t)count, order, count);
}

static double present_level(const lead_level *self, int group) {
    return row_of(self, self->level, group)[self->count - 1];
}

bool lead_level_is_usual(const lead_level *self) {
    for (int group = 0; group <= self->node_count; group++)
        if (present_level(self, group) != 0)
            return false;
    return true;
}

/* self->factor of a sample's step. */
static void find_factors(const lead_level *self, int sample, int ahead) {
    for (int group = 0; group <= self->node_count; group++) {
        double place = self->order[(size_t)group * (size_t)self->samples + (size_t)sample];
        bool still = place < lasts(self, group, ahead);
        self->factor[group] = still ? exp(present_level(self, group)) : 1;
    }
}

void lead_level_restore(lead_level *self, int steps, uint64_t key, double *samples) {
    size_t n = (size_t)self->node_count;
    for (int group = 0; group <= self->node_count; group++)
        draw(self, key, group);
    for (int k = 0; k < self->samples; k++)
        for (int step = 0; step < steps; step++, samples += n * n) {
            find_factors(self, k, step + 1);
            for (size_t od = 0; od < n * n; od++)
                samples[od] *=
                    self->factor[0] * self->factor[1 + od / n] * self->factor[1 + od % n];
        }
}
