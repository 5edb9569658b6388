/* Synthetic TMs: gravity means (Roughan 2005), a daily and weekly cycle, log-normal AR(1) noise,
 * Pareto bursts. */
#include "base/expects.h"
#include "base/numbers/random.h"
#include "options/traffic_options.h"
#include <gsl/gsl_randist.h>
#include <lead/traffic.h>
#include <math.h>
#include <stdlib.h>

typedef struct generator {
    const lead_synthetic *model;
    int n;
    double *mean;  /* [n*n] bit/s */
    double *noise; /* [n*n] the AR(1) process, standard deviation 1 */
    double *burst; /* [n*n] factor on top of 1 while a burst lasts, else 0 */
    double *phase; /* [n] hours by which a node's day is shifted */
    gsl_rng *random;
} generator;

lead_synthetic lead_synthetic_default(void) {
    lead_synthetic model = {0};
    lead_options_reset(&lead_synthetic_section, &model);
    return model;
}

static lead_status check(const lead_synthetic *model) {
    if (model->epochs < 1 || model->epochs > 100000000)
        return lead_fail(LEAD_INVALID, "epochs %d is not in 1..1e8", model->epochs);
    if (model->step < 1 || model->step > 1000000000)
        return lead_fail(LEAD_INVALID, "step %lld is not in 1..1e9", (long long)model->step);
    return lead_options_check(&lead_synthetic_section, "synthetic TMs", model);
}

/* Masses of nodes are log-normal; an OD pair's mean is proportional to the product of its nodes'
 * masses. */
static lead_status draw_means(generator *self) {
    int n = self->n;
    double *out, *in, sum = 0;
    LEAD_TRY(lead_calloc(2 * (size_t)n, sizeof *out, &out));
    in = out + n;
    for (int v = 0; v < n; v++) {
        out[v] = exp(gsl_ran_gaussian(self->random, self->model->gravity_sigma));
        in[v] = exp(gsl_ran_gaussian(self->random, self->model->gravity_sigma));
        self->phase[v] = gsl_ran_gaussian(self->random, 1);
    }
    for (int s = 0; s < n; s++)
        for (int t = 0; t < n; t++)
            sum += self->mean[s * n + t] = s == t ? 0 : out[s] * in[t];
    for (int od = 0; od < n * n && sum > 0; od++)
        self->mean[od] *= self->model->mean_total / sum;
    free(out);
    return LEAD_OK;
}

/* The cycle at a time for a node: mean 1 over a week; most traffic at 15:00 of the node's day. */
static double cycle(const lead_synthetic *model, int64_t time, double phase) {
    double hour = fmod((double)(time % 86400 + 86400) / 3600 + phase, 24);
    int64_t day = ((time / 86400) % 7 + 7 + 3) % 7; /* 1970-01-01 was a Thursday; 0 = Monday */
    double week = (5 + 2 * model->weekend) / 7;
    double today = day >= 5 ? model->weekend : 1;
    return (1 + model->daily_swing * cos((hour - 15) / 12 * acos(-1.0))) * today / week;
}

static void step_pair(generator *self, int od) {
    const lead_synthetic *model = self->model;
    double memory = model->noise_memory;
    self->noise[od] =
        memory * self->noise[od] + sqrt(1 - memory * memory) * gsl_ran_gaussian(self->random, 1);
    double begins = model->burst_rate * (double)model->step / 86400;
    bool over = self->burst[od] > 0 && gsl_rng_uniform(self->random) < 1 / model->burst_steps;
    if (over)
        self->burst[od] = 0;
    else if (self->burst[od] == 0 && gsl_rng_uniform(self->random) < begins)
        self->burst[od] = gsl_ran_pareto(self->random, model->burst_shape, 1);
}

static void fill(generator *self, int64_t time, double *tm) {
    const lead_synthetic *model = self->model;
    double shift = model->noise_sigma * model->noise_sigma / 2; /* so that the noise has mean 1 */
    for (int od = 0; od < self->n * self->n; od++) {
        step_pair(self, od);
        double day = cycle(model, time, self->phase[od / self->n]);
        tm[od] = self->mean[od] * day * exp(model->noise_sigma * self->noise[od] - shift) *
                 (1 + self->burst[od]);
    }
}

static void generator_free(generator *self) {
    free(self->mean);
    free(self->noise);
    free(self->burst);
    free(self->phase);
    gsl_rng_free(self->random);
}

static lead_status generator_alloc(generator *self, const lead_synthetic *model, int n) {
    size_t pairs = (size_t)n * (size_t)n;
    *self = (generator){.model = model, .n = n};
    LEAD_TRY(lead_random_alloc(model->seed, "synthetic", &self->random));
    LEAD_TRY(lead_calloc(pairs, sizeof(double), &self->mean));
    LEAD_TRY(lead_calloc(pairs, sizeof(double), &self->noise));
    LEAD_TRY(lead_calloc(pairs, sizeof(double), &self->burst));
    LEAD_TRY(lead_calloc((size_t)n, sizeof(double), &self->phase));
    LEAD_TRY(draw_means(self));
    for (size_t od = 0; od < pairs; od++)
        self->noise[od] = gsl_ran_gaussian(self->random, 1);
    return LEAD_OK;
}

lead_status lead_synthetic_generate(const lead_synthetic *model, const lead_topology *topology,
                                    lead_tm_series **out) {
    LEAD_EXPECTS(model && topology && out);
    LEAD_TRY(check(model));
    int n = lead_topology_node_count(topology);
    generator self;
    lead_tm_series *series = NULL;
    double *tm = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(generator_alloc(&self, model, n));
    LEAD_TRY_FREE(lead_calloc((size_t)n * (size_t)n, sizeof *tm, &tm));
    LEAD_TRY_FREE(lead_tm_series_alloc(n, NULL, &series));
    LEAD_TRY_FREE(lead_tm_series_arrange(series, topology));
    for (int i = 0; i < model->epochs; i++) {
        int64_t time = model->start + i * model->step;
        fill(&self, time, tm);
        LEAD_TRY_FREE(lead_tm_series_append(series, time, tm));
    }
    *out = series;
    series = NULL;
fail:
    lead_tm_series_free(series);
    free(tm);
    generator_free(&self);
    return status;
}
