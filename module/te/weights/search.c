/* weights_search: see weights_search.h.
 *
 * Some independent searches, a thread takes one after the other; the best counts. Independent,
 * because what a search ends with is mostly decided early: on REPETITA's AttMpls, with 2,500,000
 * evaluations in all, the median of 12 seeds was 1.025 times the optimum for 4 searches, 1.022 for
 * 8 and 1.020 for 16, and going back to the best and heating that anew was no better. But none may
 * be too short: of 64,000 evaluations on 315 nodes four searches made 1.57, one 1.19. Each is a
 * simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983) on the logarithm of the soft cost, so
 * that temperatures are relative changes of the MLU, then a descent on the true objective from the
 * best it saw. Both keep a table of the settings that they turned down, by their hash, and do not
 * look at them twice (Fortz and Thorup 2000).
 *
 * A search that is long, may go anywhere and is for the MLU anneals with few different weights
 * first, and changes several at once before it descends (weights_polish). On Geant2012, whose
 * optimum fills a cut of four links evenly, 1,600,000 evaluations ended at 1.0053 times the
 * optimum, and with these two at 1.0020, medians of 12 and 24 seeds. In short searches the few
 * weights are worse: AttMpls, 50,000 evaluations, 1.14 against 1.07. */
#include "te/weights/search.h"
#include "base/jobs.h"
#include "base/numbers/random.h"
#include "te/common/hash.h"
#include "te/weights/cost.h"
#include "te/weights/moves.h"
#include "te/weights/polish.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHAINS = 16,
    CHAIN_STEPS = 100000, /* evaluations, below which a search is not parted; */
    LINK_STEPS = 1000,    /* nor below these for each link */
    COARSE = 12,          /* the largest weight at first */
    CLOCK_EVERY = 32,
    TABU_BITS = 16
};
/* Measured on REPETITA's instances. Above 0.02 little but noise is kept; a start at 0.004 is
 * cheaper but leaves one search in two in a bad valley (Geant2012, 50,000 evaluations: up to 1.1
 * times the optimum, against 1.01). Below COLD little is turned down that the descent would not
 * find as well. */
static const double HOT = 0.02, COLD = 0.0005, WARM = 0.003;
/* Parts of a search after which annealing with few weights, annealing, polishing end. */
static const double COARSELY = 0.5, ANNEALED = 0.9, POLISHED = 0.97;
/* Of a time limit: spent on how fast evaluations are (s at most), and on the search; the rest is
 * for taking back changes that do nothing. */
static const double PROBED = 0.01, LONGEST_PROBE = 0.1, SEARCHED = 0.9;

typedef struct chain {
    const lead_te_search *search;
    int index;
    bool thorough; /* takes the whole course: few weights first, several changes at once at the end
                    */
    long steps, limit;
    double begun, seconds, progress; /* progress: of the whole, 0..1 */
    double until;                    /* a time limit's end; 0: none */
    lead_te_spf *spf;
    lead_te_cost *cost;
    gsl_rng *random;
    uint64_t hash, *tabu; /* of the weights in force; of those turned down, by their low bits */
    int changes;          /* links that differ from the start */
    lead_te_value now, best;
    int *best_weights;   /* [m] */
    double *utilisation; /* [m] of the setting in force: what moves are drawn by */
    long evaluations;
    bool ran;
    int max_weight; /* of moves, in this part of the course */
} chain;

typedef struct chains {
    chain *all;
    int count, threads;
} chains;

/* The part of one link's weight in a setting's hash, which is the sum of all (Zobrist 1970). */
static uint64_t hash_of(int link, int weight) {
    return lead_te_hash((uint64_t)(unsigned)link << 32 | (unsigned)weight);
}

static bool is_over(chain *self) {
    if (self->limit > 0) { /* of routings looked at; draws that came to nothing count too */
        const long used =
            self->steps > self->cost->evaluations ? self->steps : self->cost->evaluations;
        self->progress = fmax(self->progress, (double)used / (double)self->limit);
        if (used >= self->limit)
            return true;
    }
    if (self->seconds > 0 && self->steps % CLOCK_EVERY == 0) {
        double part = (lead_clock_seconds() - self->begun) / self->seconds;
        self->progress = fmax(self->progress, part);
        if (part >= 1)
            return true;
    }
    return false;
}

static int differs(const chain *self, int link, int weight) {
    return weight != self->search->start[link];
}

/* A link other than `link` whose weight differs from the start, or -1. */
static int draw_changed(const chain *self, int link) {
    int seen = 0, chosen = -1;
    for (int e = 0; e < self->spf->m; e++)
        if (e != link && differs(self, e, self->spf->weight[e]) &&
            gsl_rng_uniform_int(self->random, (unsigned long)++seen) == 0)
            chosen = e;
    return chosen;
}

/* A move and, where it would make one change too many, another link's way back. */
typedef struct step {
    lead_te_move moves[2];
    int count, changes;
    uint64_t hash;
} step;

static void add_move(const chain *self, step *next, int link, int weight) {
    int old = self->spf->weight[link];
    next->moves[next->count++] = (lead_te_move){link, weight};
    next->changes += differs(self, link, weight) - differs(self, link, old);
    next->hash += hash_of(link, weight) - hash_of(link, old);
}

/* False when the draw came to nothing, or to what was turned down before. */
static bool draw_step(chain *self, step *next) {
    const lead_te_search *search = self->search;
    lead_te_move move;
    if (!lead_te_move_draw(self->spf, self->utilisation, self->max_weight, self->random, &move))
        return false;
    *next = (step){.changes = self->changes, .hash = self->hash};
    add_move(self, next, move.link, move.weight);
    if (search->max_changes > 0 && next->changes > search->max_changes) {
        int back = draw_changed(self, move.link);
        if (back < 0)
            return false;
        add_move(self, next, back, search->start[back]);
    }
    return self->tabu[next->hash >> (64 - TABU_BITS)] != next->hash;
}

static void apply(chain *self, const step *next) {
    for (int i = 0; i < next->count; i++)
        lead_te_spf_change(self->spf, next->moves[i].link, next->moves[i].weight);
}

/* Notes where the network is loaded by the setting in force, the last that was evaluated. Moves
 * drawn by what candidates that were turned down had loaded would be aimed at links that need none.
 */
static void note_utilisation(chain *self) {
    memcpy(self->utilisation, self->cost->utilisation, (size_t)self->spf->m * sizeof(double));
}

static void keep(chain *self, const step *next, lead_te_value value) {
    lead_te_spf_keep(self->spf);
    note_utilisation(self);
    self->now = value;
    self->hash = next->hash;
    self->changes = next->changes;
}

static void turn_down(chain *self, const step *next) {
    lead_te_spf_undo(self->spf);
    self->tabu[next->hash >> (64 - TABU_BITS)] = next->hash;
}

/* Takes the setting at hand for the best if it is, under all failures. */
static void note_best(chain *self, lead_te_value value, bool with_phi) {
    if (self->search->objective == LEAD_TE_OBJECTIVE_MLU_PHI && !with_phi)
        value.phi = INFINITY; /* while annealing, MLU alone */
    if (!lead_te_value_better(self->search->objective, value, self->best))
        return;
    value = lead_te_cost_check(self->cost, self->spf, true);
    if (!lead_te_value_better(self->search->objective, value, self->best))
        return;
    self->best = value;
    memcpy(self->best_weights, self->spf->weight, (size_t)self->spf->m * sizeof(int));
}

/* Sets the chain back to the best that it saw. */
static void return_to_best(chain *self) {
    lead_te_spf_set(self->spf, self->best_weights);
    self->hash = 0;
    self->changes = 0;
    for (int e = 0; e < self->spf->m; e++) {
        self->hash += hash_of(e, self->best_weights[e]);
        self->changes += differs(self, e, self->best_weights[e]);
    }
    self->now = lead_te_cost_of(self->cost, self->spf, true, INFINITY);
    note_utilisation(self);
    /* what was turned down by other rules */
    memset(self->tabu, 0, sizeof *self->tabu << TABU_BITS);
}

/* From one temperature to another until that progress. */
static void anneal(chain *self, double hot, double cold, double until) {
    const double from = self->progress;
    step next;
    for (; !is_over(self) && self->progress < until; self->steps++) {
        if (!draw_step(self, &next))
            continue;
        apply(self, &next);
        const double heat = hot * pow(cold / hot, (self->progress - from) / (until - from)),
                     enough = self->now.soft * pow(gsl_rng_uniform_pos(self->random), -heat);
        lead_te_value value = lead_te_cost_of(self->cost, self->spf, false, enough);
        if (value.soft > enough) { /* log soft rises by more than a draw of that mean */
            turn_down(self, &next);
            continue;
        }
        note_best(self, value, false);
        keep(self, &next, value);
    }
}

/* First with few different weights, for then more paths are equally long, and where traffic splits
 * is what decides; then, times a factor, which leaves all routes as they are, with all. The start
 * itself is the best again if nothing better came of it. */
static void anneal_coarse_to_fine(chain *self) {
    const int m = self->spf->m, most = self->search->max_weight;
    const lead_te_value started = self->best;
    for (int e = 0; e < m; e++)
        self->best_weights[e] = 1 + (self->best_weights[e] - 1) * (COARSE - 1) / (most - 1);
    return_to_best(self);
    self->best = lead_te_cost_check(self->cost, self->spf, true);
    self->max_weight = COARSE;
    anneal(self, HOT, COLD, COARSELY);
    for (int e = 0; e < m; e++)
        self->best_weights[e] *= most / COARSE;
    return_to_best(self);
    self->max_weight = most;
    anneal(self, WARM, COLD, ANNEALED);
    if (!lead_te_value_better(self->search->objective, started, self->best))
        return;
    self->best = started;
    memcpy(self->best_weights, self->search->start, (size_t)m * sizeof(int));
}

static bool spend_step(void *argument) {
    chain *self = argument;
    self->steps++;
    return is_over(self) || self->progress >= POLISHED;
}

/* By several changes at once, if there is time for a round. */
static lead_status polish(chain *self) {
    const double left = (double)self->steps / self->progress * (POLISHED - self->progress);
    if (left < (double)self->spf->m * self->max_weight)
        return LEAD_OK;
    return_to_best(self);
    LEAD_TRY(lead_te_polish(self->spf, self->cost, self->max_weight, spend_step, self));
    note_best(self, lead_te_cost_of(self->cost, self->spf, true, INFINITY), true);
    return LEAD_OK;
}

static bool is_no_worse(const chain *self, lead_te_value value) {
    if (self->search->objective == LEAD_TE_OBJECTIVE_MLU)
        return value.soft <= self->now.soft;
    return value.phi <= self->now.phi &&
           (self->search->objective == LEAD_TE_OBJECTIVE_PHI || value.mlu <= self->best.mlu);
}

static void descend(chain *self) {
    step next;
    for (; !is_over(self); self->steps++) {
        if (!draw_step(self, &next))
            continue;
        apply(self, &next);
        lead_te_value value = lead_te_cost_of(self->cost, self->spf, true, INFINITY);
        if (!is_no_worse(self, value)) {
            turn_down(self, &next);
            continue;
        }
        note_best(self, value, true);
        keep(self, &next, value);
    }
}

/* Puts back every weight of the best whose change is not needed. */
static void take_back_idle_changes(chain *self) {
    return_to_best(self);
    for (int e = 0; e < self->spf->m; e++) {
        if (!differs(self, e, self->spf->weight[e]))
            continue;
        if (self->until > 0 && lead_clock_seconds() >= self->until)
            break;
        lead_te_spf_change(self->spf, e, self->search->start[e]);
        lead_te_value value = lead_te_cost_check(self->cost, self->spf, true);
        if (lead_te_value_better(self->search->objective, self->best, value))
            lead_te_spf_undo(self->spf);
        else
            lead_te_spf_keep(self->spf);
    }
    memcpy(self->best_weights, self->spf->weight, (size_t)self->spf->m * sizeof(int));
}

static void free_chain(chain *self) {
    lead_te_cost_free(self->cost);
    lead_te_spf_free(self->spf);
    gsl_rng_free(self->random);
    free(self->tabu);
    free(self->utilisation);
}

static lead_status alloc_chain(chain *self) {
    const lead_te_search *search = self->search;
    char name[32];
    snprintf(name, sizeof name, "weights %d", self->index);
    LEAD_TRY(lead_random_alloc(search->options->seed, name, &self->random));
    self->max_weight = search->max_weight;
    LEAD_TRY(lead_calloc((size_t)1 << TABU_BITS, sizeof *self->tabu, &self->tabu));
    LEAD_TRY(lead_te_spf_alloc(search->topology, search->tms, search->tm_count, &self->spf));
    LEAD_TRY(lead_calloc((size_t)self->spf->m, sizeof(double), &self->utilisation));
    return lead_te_cost_alloc(search->topology, self->spf, search->options, search->objective,
                              search->probability, &self->cost);
}

static lead_status search_chain(chain *self) {
    const lead_te_search *search = self->search;
    memcpy(self->best_weights, search->start, (size_t)self->spf->m * sizeof(int));
    return_to_best(self);
    self->best = lead_te_cost_check(self->cost, self->spf, true);
    if (!(self->best.mlu > 0)) /* no traffic */
        return LEAD_OK;
    self->cost->reference = self->best.mlu;
    /* by the new reference, and under the failures that turned out critical */
    return_to_best(self);
    if (self->thorough && search->max_weight >= 2 * COARSE)
        anneal_coarse_to_fine(self);
    else
        anneal(self, HOT, COLD, ANNEALED);
    if (self->thorough)
        LEAD_TRY(polish(self));
    return_to_best(self);
    descend(self);
    if (search->stay_near)
        take_back_idle_changes(self);
    return LEAD_OK;
}

/* Piece `index` of the work. With a time limit it may take an even part of what its thread has
 * left; one for which there is none does not run. */
static lead_status run_chain(void *argument, int index) {
    const chains *work = argument;
    chain *self = work->all + index;
    const lead_te_search *search = self->search;
    if (search->time_limit > 0) {
        const int left = (work->count - index + work->threads - 1) / work->threads;
        self->begun = lead_clock_seconds();
        self->seconds = (search->begun + search->time_limit - self->begun) / left;
        if (self->seconds <= 0 && index > 0)
            return LEAD_OK;
        self->seconds = fmax(self->seconds, 1e-9);
        self->until = self->begun + self->seconds;
        if (search->stay_near)
            self->seconds *= SEARCHED;
    }
    lead_status status = alloc_chain(self);
    if (status == LEAD_OK)
        status = search_chain(self);
    if (status == LEAD_OK) {
        self->evaluations = self->cost->evaluations;
        self->ran = true;
    }
    free_chain(self);
    return status;
}

/* Looks at changes of the start for a while; answers how many evaluations one thread does in the
 * whole time limit (without traffic: none). */
static lead_status estimate_limit(const lead_te_search *search, long *limit) {
    chain probe = {.search = search, .index = CHAINS, .begun = lead_clock_seconds()};
    lead_status status = LEAD_OK;
    step next;
    probe.seconds = fmin(PROBED * search->time_limit, LONGEST_PROBE);
    LEAD_TRY_FREE(alloc_chain(&probe));
    lead_te_spf_set(probe.spf, search->start);
    const double mlu = lead_te_cost_of(probe.cost, probe.spf, false, INFINITY).mlu;
    note_utilisation(&probe);
    probe.begun = lead_clock_seconds();
    for (; mlu > 0 && !is_over(&probe); probe.steps++) {
        if (!draw_step(&probe, &next))
            continue;
        apply(&probe, &next);
        lead_te_cost_of(probe.cost, probe.spf, false, INFINITY);
        lead_te_spf_undo(probe.spf);
    }
    const double seconds = fmax(lead_clock_seconds() - probe.begun, 1e-9);
    *limit = (long)fmin((double)probe.steps / seconds * search->time_limit, 1e9);
fail:
    free_chain(&probe);
    return status;
}

/* Whether the course that fills links evenly is worth while: it may go anywhere, and what counts is
 * the MLU of one TM. For Phi few weights are worse (a third on Geant2012, 1,600,000 evaluations).
 */
static bool may_be_thorough(const lead_te_search *search) {
    return !search->stay_near && search->max_changes == 0 && search->tm_count == 1 &&
           search->objective != LEAD_TE_OBJECTIVE_PHI &&
           search->options->survive == LEAD_TE_SURVIVE_NOTHING;
}

/* How many searches, and whether each is long. What is too short for several is one, but for
 * threads that wait for work. */
static lead_status count_chains(const lead_te_search *search, int *count, bool *are_long) {
    const int threads = search->options->threads < 1 ? 1 : search->options->threads;
    const long by_links = (long)LINK_STEPS * lead_topology_link_count(search->topology),
               chain_steps = by_links > CHAIN_STEPS ? by_links : CHAIN_STEPS;
    long affordable = search->limit / chain_steps, least = 1;
    if (search->limit == 0) {
        LEAD_TRY(estimate_limit(search, &affordable));
        affordable = affordable / chain_steps * threads;
        least = threads;
    }
    *are_long = affordable >= least;
    affordable = affordable < least ? least : affordable;
    *count = affordable < CHAINS ? (int)affordable : CHAINS;
    return LEAD_OK;
}

static void take_best(const chains *work, int m, int *weights, long *evaluations) {
    const chain *best = &work->all[0];
    *evaluations = best->evaluations;
    for (int i = 1; i < work->count; i++) {
        const chain *candidate = &work->all[i];
        *evaluations += candidate->evaluations;
        if (candidate->ran &&
            lead_te_value_better(best->search->objective, candidate->best, best->best))
            best = candidate;
    }
    memcpy(weights, best->best_weights, (size_t)m * sizeof *weights);
}

lead_status lead_te_search_run(const lead_te_search *search, int *weights, long *evaluations) {
    const int m = lead_topology_link_count(search->topology), threads = search->options->threads;
    chain all[CHAINS] = {0};
    chains work = {all, 0, 1};
    lead_status status = LEAD_OK;
    bool are_long;
    LEAD_TRY(count_chains(search, &work.count, &are_long));
    work.threads = threads < 1 ? 1 : threads < work.count ? threads : work.count;
    for (int i = 0; i < work.count; i++) {
        all[i] = (chain){.search = search,
                         .index = i,
                         .thorough = are_long && may_be_thorough(search),
                         .limit = search->limit / work.count};
        LEAD_TRY_FREE(lead_calloc((size_t)m, sizeof(int), &all[i].best_weights));
    }
    LEAD_TRY_FREE(lead_jobs_run(run_chain, &work, work.count, work.threads));
    take_best(&work, m, weights, evaluations);
fail:
    for (int i = 0; i < work.count; i++)
        free(all[i].best_weights);
    return status;
}
