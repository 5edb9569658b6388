/* What a single weight change costs against an evaluation of all weights, and whether both agree.
 * Prints a row of Markdown; times are CPU time, medians of rounds: by the wall clock a long round
 * on a busy machine would also count the others' turns, and a short one would not. "full" is
 * te/spf's own evaluation from nothing, "library" lead_routing_from_weights with
 * lead_routing_loads, which is what a search without te/spf pays. A change is of a random link to a
 * random weight, and is undone.
 *
 *   bench_te_weights NAME TOPOLOGY TMS [CHANGES]      (changes to check; 1,000,000) */
#include "te/spf.h"
#include <lead/formats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 21, FULL = 100, CHANGES = 5000, MAX_WEIGHT = 200, CHECK_EVERY = 101 };

static void check(lead_status status) {
    if (status == LEAD_OK)
        return;
    fprintf(stderr, "bench_te_weights: %s\n", lead_last_message());
    exit(1);
}

typedef struct bench {
    lead_topology *topology;
    lead_tm_series *series;
    const double *tm;
    lead_te_spf *spf, *full;
    gsl_rng *random;
} bench;

static int draw(bench *self, int count) {
    return (int)gsl_rng_uniform_int(self->random, (unsigned long)count);
}

static void change(bench *self) {
    lead_te_spf_change(self->spf, draw(self, self->spf->m), 1 + draw(self, MAX_WEIGHT));
}

static void time_full(bench *self) {
    for (int i = 0; i < FULL; i++)
        lead_te_spf_set(self->full, self->spf->weight);
}

static void time_library(bench *self) {
    double *weights = malloc((size_t)self->spf->m * sizeof *weights),
           *loads = malloc((size_t)self->spf->m * sizeof *loads);
    for (int e = 0; e < self->spf->m; e++)
        weights[e] = self->spf->weight[e];
    for (int i = 0; i < FULL; i++) {
        lead_routing *routing;
        check(lead_routing_from_weights(self->topology, weights, &routing));
        check(lead_routing_loads(routing, self->tm, loads));
        lead_routing_free(routing);
    }
    free(weights);
    free(loads);
}

static void time_changes(bench *self) {
    for (int i = 0; i < CHANGES; i++) {
        change(self);
        lead_te_spf_undo(self->spf);
    }
}

/* Median us of one. */
static double median(bench *self, void (*job)(bench *), int count) {
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        const clock_t begun = clock();
        job(self);
        times[i] = (double)(clock() - begun) / CLOCKS_PER_SEC / count * 1e6;
    }
    return lead_quantile(times, ROUNDS, 0.5);
}

/* `count` changes, half of them undone; loads now and then against those from nothing. Answers the
 * largest relative difference. */
static double compare(bench *self, long count) {
    double worst = 0;
    for (long i = 0; i < count; i++) {
        change(self);
        if (draw(self, 2))
            lead_te_spf_undo(self->spf);
        else
            lead_te_spf_keep(self->spf);
        if (i % CHECK_EVERY && i + 1 < count)
            continue;
        lead_te_spf_set(self->full, self->spf->weight);
        for (int e = 0; e < self->spf->m; e++) {
            double a = lead_te_spf_load(self->spf, e, 0), b = lead_te_spf_load(self->full, e, 0);
            worst = fmax(worst, fabs(a - b) / fmax(fmax(a, b), 1e-300));
        }
    }
    return worst;
}

int main(int argc, char **argv) {
    bench self = {0};
    if (argc < 4) {
        fprintf(stderr, "usage: bench_te_weights NAME TOPOLOGY TMS [CHANGES]\n");
        return 1;
    }
    check(lead_topology_read(argv[2], 0, &self.topology));
    lead_tm_reading reading = {.topology = self.topology, .from = INT64_MIN};
    check(lead_tm_series_read(argv[3], &reading, &self.series));
    self.tm = lead_tm_series_tm(self.series, 0);
    check(lead_te_spf_alloc(self.topology, self.tm, 1, &self.spf));
    check(lead_te_spf_alloc(self.topology, self.tm, 1, &self.full));
    check(lead_random_alloc(1, "bench", &self.random));
    for (int i = 0; i < 10 * self.spf->m; i++)
        change(&self);
    lead_te_spf_keep(self.spf);
    double full = median(&self, time_full, FULL), library = median(&self, time_library, FULL),
           one = median(&self, time_changes, CHANGES);
    long changes = argc > 4 ? atol(argv[4]) : 1000000;
    double worst = compare(&self, changes);
    printf("| %s | %d | %d | %.1f | %.1f | %.2f | %.1f | %.1f | %ld | %g |\n", argv[1], self.spf->n,
           self.spf->m, library, full, one, library / one, full / one, changes, worst);
    gsl_rng_free(self.random);
    lead_te_spf_free(self.spf);
    lead_te_spf_free(self.full);
    lead_tm_series_free(self.series);
    lead_topology_free(self.topology);
    return worst <= 1e-9 ? 0 : 1;
}
