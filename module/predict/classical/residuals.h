/* Relative residuals of a classical point forecast on its fitting TMs. */
#ifndef LEAD_PREDICT_CLASSICAL_RESIDUALS_H
#define LEAD_PREDICT_CLASSICAL_RESIDUALS_H

#include "predict/classical/classical.h"

static inline size_t lead_classical_pairs(const lead_classical *self) {
    return (size_t)self->options.node_count * (size_t)self->options.node_count;
}

/* All steps of all OD pairs. */
static inline size_t lead_classical_cells(const lead_classical *self) {
    return (size_t)self->options.horizon * lead_classical_pairs(self);
}

/* What a residual is relative to. Finite numbers; fmax is a call. */
static inline double lead_classical_scale(const lead_classical *self, double forecast,
                                          size_t cell) {
    return forecast > self->floor[cell] ? forecast : self->floor[cell];
}

/* Chooses self->floor, then fits self->quantiles and, joint, self->vectors. LEAD_INVALID where not
 * one window of the fitting TMs can be forecast. O(windows * cells * log(windows)). */
lead_status lead_residuals_fit(lead_classical *self);

#endif
