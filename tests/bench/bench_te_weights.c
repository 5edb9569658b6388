/* What a single weight change costs against an evaluation of all weights, and whether both agree.
 * Prints a row of Markdown; times are medians of rounds that are all as long, so that others on the
 * machine take as much of each. All three evaluate random changes of a random link, each undone:
 * "full" by te/spf's own evaluation from nothing, "library" by lead_routing_from_weights with
 * lead_routing_loads, which is what a search without te/spf pays.
 *
 *   bench_te_weights NAME TOPOLOGY TMS [CHANGES]      (changes to check; 1,000,000) */
#include "base/numbers/random.h"
#include "te/weights/spf.h"
#include "te/weights/spf_change.h"
#include <lead/formats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 21, MAX_WEIGHT = 200, CHECK_EVERY = 101 };
static const double ROUND_SECONDS = 0.05;

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
    int *weights;                 /* [m], as spf's */
    double *real_weights, *loads; /* [m] */
} bench;

typedef struct touched {
    double destinations, nodes;
} touched;

static int draw(bench *self, int count) {
    return (int)gsl_rng_uniform_int(self->random, (unsigned long)count);
}

static void change(bench *self) {
    lead_te_spf_change(self->spf, draw(self, self->spf->m), 1 + draw(self, MAX_WEIGHT));
}

static void one_change(bench *self) {
    change(self);
    lead_te_spf_undo(self->spf);
}

static void one_full(bench *self) {
    const int link = draw(self, self->spf->m), kept = self->weights[link];
    self->weights[link] = 1 + draw(self, MAX_WEIGHT);
    lead_te_spf_set(self->full, self->weights);
    self->weights[link] = kept;
}

static void one_library(bench *self) {
    const int link = draw(self, self->spf->m);
    lead_routing *routing;
    for (int e = 0; e < self->spf->m; e++)
        self->real_weights[e] = self->spf->weight[e];
    self->real_weights[link] = 1 + draw(self, MAX_WEIGHT);
    check(lead_routing_from_weights(self->topology, self->real_weights, &routing));
    check(lead_routing_loads(routing, self->tm, self->loads));
    lead_routing_free(routing);
}

/* Seconds of one job, the mean over a round. */
static double time_round(bench *self, void (*job)(bench *)) {
    const double begun = lead_clock_seconds();
    double seconds = 0;
    long count = 0;
    for (long batch = 1; seconds < ROUND_SECONDS; batch *= 2) {
        for (long i = 0; i < batch; i++)
            job(self);
        count += batch;
        seconds = lead_clock_seconds() - begun;
    }
    return seconds / (double)count;
}

/* Median us of one. */
static double median(bench *self, void (*job)(bench *)) {
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        times[i] = 1e6 * time_round(self, job);
    return lead_quantile(times, ROUNDS, 0.5);
}

/* Adds what the last change touched: destinations, and nodes of them that have another distance or
 * other traffic. */
static void count_touched(const lead_te_spf *spf, touched *sum) {
    int last = -1;
    for (int i = 0; i < spf->changed_node_count; i++) {
        const int destination = spf->changed_nodes[i] / spf->n; /* one after the other */
        sum->destinations += destination != last;
        last = destination;
    }
    sum->nodes += (double)spf->changed_node_count;
}

/* `count` changes, half of them undone; loads now and then against those from nothing. Answers the
 * largest relative difference. */
static double compare(bench *self, long count, touched *sum) {
    double worst = 0;
    for (long i = 0; i < count; i++) {
        change(self);
        count_touched(self->spf, sum);
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
    const size_t m = (size_t)self.spf->m;
    check(lead_calloc(m, sizeof(int), &self.weights));
    check(lead_calloc(m, sizeof(double), &self.real_weights));
    check(lead_calloc(m, sizeof(double), &self.loads));
    for (int i = 0; i < 10 * self.spf->m; i++)
        change(&self);
    lead_te_spf_keep(self.spf);
    memcpy(self.weights, self.spf->weight, m * sizeof(int));
    double full = median(&self, one_full), library = median(&self, one_library),
           one = median(&self, one_change);
    long changes = argc > 4 ? atol(argv[4]) : 1000000;
    touched sum = {0};
    double worst = compare(&self, changes, &sum);
    printf("| %s | %d | %d | %.1f | %.1f | %.2f | %.1f | %.1f | %.1f | %.1f | %ld | %g |\n",
           argv[1], self.spf->n, self.spf->m, library, full, one, library / one, full / one,
           sum.destinations / (double)changes, sum.nodes / (double)changes, changes, worst);
    gsl_rng_free(self.random);
    free(self.weights);
    free(self.real_weights);
    free(self.loads);
    lead_te_spf_free(self.spf);
    lead_te_spf_free(self.full);
    lead_tm_series_free(self.series);
    lead_topology_free(self.topology);
    return worst <= 1e-9 ? 0 : 1;
}
