/* The TM of least Kullback-Leibler divergence from a calibrated prior that gives the measured
 * loads, by multiplicative row actions (MART; Gordon, Bender, Herman 1970; for TMs: Zhang, Roughan,
 * Lund, Donoho 2003).
 *
 * The prior: the fan-outs of past TMs (the share of a source's traffic that goes to each
 * destination) times what enters at the source now. Without past TMs it is gravity. */
#include "measure/link_loads.h"
#include "measure/types.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEPS = 200, CALIBRATION_TMS = 2016 };

typedef struct minimum_kl {
    lead_link_loads loads;
    double *fan_out; /* [n*n], NULL without past TMs */
} minimum_kl;

static void minimum_kl_free(void *state) {
    minimum_kl *self = state;
    lead_link_loads_free(&self->loads);
    free(self->fan_out);
}

/* Mean fan-outs of the last TMs of `prior`. A source that sent nothing shares evenly; every entry
 * gets a little, since what is 0 in the prior stays 0. */
static lead_status calibrate(minimum_kl *self, const lead_tm_series *prior) {
    int n = self->loads.n, length = lead_tm_series_length(prior),
        first = length > CALIBRATION_TMS ? length - CALIBRATION_TMS : 0;
    LEAD_TRY(lead_calloc((size_t)n * (size_t)n, sizeof(double), &self->fan_out));
    for (int i = first; i < length; i++)
        for (int od = 0; od < n * n; od++)
            self->fan_out[od] += od / n == od % n ? 0 : lead_tm_series_tm(prior, i)[od];
    for (int s = 0; s < n; s++) {
        double sum = lead_sum(self->fan_out + s * n, (size_t)n);
        for (int t = 0; t < n; t++) {
            double even = s == t ? 0 : 1.0 / (n - 1), *share = &self->fan_out[s * n + t];
            *share = sum > 0 ? (1 - 1e-6) * *share / sum + 1e-6 * even : even;
        }
    }
    return LEAD_OK;
}

static lead_status minimum_kl_alloc(void *state, const lead_topology *topology,
                                    const lead_tm_series *prior) {
    minimum_kl *self = state;
    LEAD_TRY(lead_link_loads_alloc(&self->loads, topology));
    lead_status status =
        prior && lead_tm_series_length(prior) > 0 ? calibrate(self, prior) : LEAD_OK;
    if (status != LEAD_OK)
        minimum_kl_free(self);
    return status;
}

/* One row action: multiplies every pair by (measured / explained)^entry. Returns the relative
 * distance before it. */
static double act_on_row(const lead_link_loads *loads, int row, double *tm) {
    int pairs = loads->n * loads->n;
    double explained = 0;
    for (int od = 0; od < pairs; od++)
        explained += lead_link_loads_entry(loads, row, od) * tm[od];
    if (explained <= 0 || isnan(loads->b[row]))
        return 0;
    double ratio = fmax(loads->b[row], 0) / explained;
    for (int od = 0; od < pairs; od++) {
        double entry = lead_link_loads_entry(loads, row, od);
        if (entry > 0)
            tm[od] *= entry == 1 ? ratio : pow(ratio, entry);
    }
    return fabs(ratio - 1);
}

static lead_status minimum_kl_estimate(void *state, const lead_measurement *measured,
                                       const lead_estimate *out) {
    minimum_kl *self = state;
    const lead_link_loads *loads = &self->loads;
    int n = loads->n;
    LEAD_TRY(lead_link_loads_update(&self->loads, measured->rates, measured->in_force, out->gap));
    for (int od = 0; od < n * n; od++)
        out->tm[od] =
            self->fan_out ? self->fan_out[od] * loads->b[loads->m + od / n] : loads->gravity[od];
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double farthest = 0;
        for (int row = 0; row < loads->rows; row++)
            farthest = fmax(farthest, act_on_row(loads, row, out->tm));
        if (farthest < 1e-6)
            break;
    }
    return LEAD_OK;
}

const lead_estimator_type lead_estimator_minimum_kl = {
    .name = "minimum-kl",
    .summary = "link counters: least Kullback-Leibler divergence from fan-outs of past TMs",
    .size = sizeof(minimum_kl),
    .alloc = minimum_kl_alloc,
    .estimate = minimum_kl_estimate,
    .free = minimum_kl_free,
};
