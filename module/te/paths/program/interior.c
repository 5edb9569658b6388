/* The interior-point method behind smooth plans (smooth.c says what they are).
 *
 *   min  sum_p d c(p) x(p) + sum_p d k m(p) + risk(z) + convexity / 2 sum_p w (x(p) - target(p))^2
 *        + sum_r soft(r) / 2 price(r)^2
 *   sum of x over a pair's paths = 1,  x(p) + t(p) = cap,  x(p) = in force(p) + m(p) - w(p)
 *   sum_p d(s, p) x(p) / capacity_e + y(r) = z(s) + soft(r) price(r)   of the rows r that are there
 *   z(s) - a - u(s) + v(s) = 0                                         where risk has a price
 *
 * with x, t, m, w, y, u, v >= 0; w of a pair is its d and a little, for otherwise pairs with hardly
 * any traffic would be free to go anywhere. What belongs to a pair counts in parts of its w, so
 * that small pairs are found as exactly as large ones. A step's linear equations are reduced to the
 * rows of links: a pair's paths are a diagonal and a part of rank one, and then to the MLUs.
 * Products of a variable and its price (`couple`) go to 0 together (Mehrotra 1992; Wright,
 * Primal-Dual Interior-Point Methods, 1997, chapter 10). The elimination is our own, in one order:
 * a BLAS rounds by the kind of processor. */
#include "te/paths/program/interior_state.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 80 };
static const double exact = 1e-12, feasible = 1e-9, hold_back = 0.995, short_step = 0.5,
                    stalled = 0.97; /* of the step before, a mean product has hardly fallen */
/* The part of all weights that is the same for every pair. */
static const double LITTLE = 0.1;

static void interior_free(interior *self) {
    for (int i = 0; i < KINDS; i++) {
        couple *it = &self->of_kind[i];
        free(it->a);
        free(it->b);
        free(it->da);
        free(it->db);
        free(it->goal);
        free(it->weight);
        free(it->scale);
    }
    free(self->kink);
    free(self->cost);
    free(self->diagonal);
    free(self->half);
    free(self->weight);
    free(self->nu);
    free(self->dnu);
    free(self->z);
    free(self->dz);
    free(self->unit);
    free(self->soft);
    free(self->row_rest);
    free(self->right);
    free(self->k);
    free(self->kb);
    free(self->schur);
    free(self->schur_right);
    free(self->of_link);
    free(self->first_of_link);
    free(self->place);
    free(self->links);
    free(self->gram);
    free(self->through);
    free(self->entries);
}

/* --- set-up ---------------------------------------------------------------------------------- */

static bool is_capped(const interior *self) {
    return self->of->in->split_cap > 0 && self->of->in->split_cap < 1;
}

static lead_status couple_alloc(couple *self, int count) {
    self->count = count;
    LEAD_TRY(lead_calloc((size_t)count, sizeof(double), &self->a));
    LEAD_TRY(lead_calloc((size_t)count, sizeof(double), &self->b));
    LEAD_TRY(lead_calloc((size_t)count, sizeof(double), &self->da));
    LEAD_TRY(lead_calloc((size_t)count, sizeof(double), &self->db));
    LEAD_TRY(lead_calloc((size_t)count, sizeof(double), &self->weight));
    LEAD_TRY(lead_calloc((size_t)count, sizeof(double), &self->scale));
    return lead_calloc((size_t)count, sizeof(double), &self->goal);
}

/* What the MLU of a TM may weigh at most. */
static double most_price(const lead_path_program *in, int s) {
    const double p = fmax(in->probability[s], 1e-3 / in->samples);
    return p * (1 - in->cvar_weight + in->cvar_weight / (1 - in->cvar_level));
}

static lead_status index_rows(interior *self) {
    const int m = self->of->m;
    LEAD_TRY(lead_calloc((size_t)m + 2, sizeof(int), &self->first_of_link));
    LEAD_TRY(lead_calloc((size_t)self->rows, sizeof(int), &self->of_link));
    LEAD_TRY(lead_calloc((size_t)self->rows, sizeof(double), &self->unit));
    LEAD_TRY(lead_calloc((size_t)self->rows, sizeof(double), &self->soft));
    for (int i = 0; i < self->rows; i++) {
        const lead_link_row *row = &self->of->links[i];
        const double capacity = lead_topology_link(self->of->in->topology, row->link)->capacity;
        self->unit[i] = 1 / (capacity * self->of->peak);
        self->soft[i] = self->softness / most_price(self->of->in, row->tm);
        self->first_of_link[row->link + 2]++;
    }
    for (int e = 0; e < m; e++)
        self->first_of_link[e + 2] += self->first_of_link[e + 1];
    for (int i = 0; i < self->rows; i++)
        self->of_link[self->first_of_link[self->of->links[i].link + 1]++] = i;
    return LEAD_OK;
}

/* What a path costs and where moving to it begins to; the number of those. */
static int set_costs(interior *self) {
    const lead_path_program *in = self->of->in;
    const lead_path_set *set = in->set;
    int kinks = 0;
    for (int p = 0; p < self->paths; p++) {
        const int od = self->of->pair[p];
        self->kink[p] = -1;
        const double part = self->of->mean[od] / self->weight[od];
        self->cost[p] = part * LEAD_PATH_TIDINESS * (set->start[p + 1] - set->start[p]);
        if (!self->of->moves || !lead_interior_has_traffic(self, od) ||
            lead_sum(in->in_force + set->first[od],
                     (size_t)(set->first[od + 1] - set->first[od])) <= 0)
            continue;
        if (in->in_force[p] <= 0)
            self->cost[p] += part * in->moved_cost;
        else if (in->in_force[p] < 1)
            self->kink[p] = kinks++;
    }
    return kinks;
}

static void set_weights(interior *self) {
    int count = 0;
    for (int od = 0; od < self->pairs; od++)
        count += lead_interior_has_traffic(self, od);
    for (int od = 0; od < self->pairs; od++)
        self->weight[od] = self->of->mean[od] + LITTLE / count;
}

static lead_status alloc_paths(interior *self) {
    const size_t paths = (size_t)self->paths;
    LEAD_TRY(lead_calloc((size_t)self->pairs, sizeof(double), &self->weight));
    set_weights(self);
    LEAD_TRY(lead_calloc(paths, sizeof(int), &self->kink));
    LEAD_TRY(lead_calloc(paths, sizeof(double), &self->cost));
    LEAD_TRY(lead_calloc(paths, sizeof(double), &self->diagonal));
    LEAD_TRY(lead_calloc(paths, sizeof(double), &self->half));
    const int kinks = set_costs(self);
    LEAD_TRY(couple_alloc(&self->of_kind[X], self->paths));
    LEAD_TRY(couple_alloc(&self->of_kind[M], kinks));
    LEAD_TRY(couple_alloc(&self->of_kind[W], kinks));
    LEAD_TRY(couple_alloc(&self->of_kind[T], is_capped(self) ? self->paths : 0));
    LEAD_TRY(couple_alloc(&self->of_kind[Y], self->rows));
    LEAD_TRY(couple_alloc(&self->of_kind[U], self->risk ? self->samples : 0));
    return couple_alloc(&self->of_kind[V], self->risk ? self->samples : 0);
}

static lead_status interior_alloc(interior *self) {
    const size_t m = (size_t)self->of->m, rows = (size_t)self->rows, size = (size_t)self->size;
    LEAD_TRY(alloc_paths(self));
    LEAD_TRY(index_rows(self));
    LEAD_TRY(lead_calloc((size_t)self->pairs, sizeof(double), &self->nu));
    LEAD_TRY(lead_calloc((size_t)self->pairs, sizeof(double), &self->dnu));
    LEAD_TRY(lead_calloc(size, sizeof(double), &self->z));
    LEAD_TRY(lead_calloc(size, sizeof(double), &self->dz));
    LEAD_TRY(lead_calloc(rows, sizeof(double), &self->row_rest));
    LEAD_TRY(lead_calloc(rows, sizeof(double), &self->right));
    LEAD_TRY(lead_calloc(rows * rows, sizeof(double), &self->k));
    LEAD_TRY(lead_calloc(rows * size, sizeof(double), &self->kb));
    LEAD_TRY(lead_calloc(size * size, sizeof(double), &self->schur));
    LEAD_TRY(lead_calloc(size, sizeof(double), &self->schur_right));
    LEAD_TRY(lead_calloc(m, sizeof(int), &self->place));
    LEAD_TRY(lead_calloc(m, sizeof(int), &self->links));
    LEAD_TRY(lead_calloc(m * m, sizeof(double), &self->gram));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->through));
    return lead_calloc(rows, sizeof(entry), &self->entries);
}

/* --- where it begins ---------------------------------------------------------------------------
 */

static void begin_paths(interior *self) {
    const lead_path_program *in = self->of->in;
    couple *x = &self->of_kind[X], *m = &self->of_kind[M], *w = &self->of_kind[W],
           *t = &self->of_kind[T];
    for (int p = 0; p < self->paths; p++) {
        const int od = self->of->pair[p], k = self->kink[p];
        if (!lead_interior_has_traffic(self, od)) /* stays 0 */
            continue;
        x->a[p] = 0.5 * self->target[p] + 0.5 / (in->set->first[od + 1] - in->set->first[od]);
        x->b[p] = 1;
        x->weight[p] = 1;
        x->scale[p] = self->weight[od];
        if (k >= 0) {
            m->weight[k] = w->weight[k] = 1;
            m->scale[k] = w->scale[k] = self->weight[od];
            m->a[k] = fmax(0, x->a[p] - in->in_force[p]) + 1;
            w->a[k] = m->a[k] + in->in_force[p] - x->a[p];
            m->b[k] = w->b[k] = in->moved_cost / 2 * self->of->mean[od] / self->weight[od];
        }
        if (t->count > 0) {
            t->a[p] = fmax(lead_interior_cap_of(self, od) - x->a[p], 0.05);
            t->b[p] = 0.1;
            t->weight[p] = 1;
            t->scale[p] = self->weight[od];
        }
    }
}

static void begin_rows(interior *self) {
    const lead_path_program *in = self->of->in;
    couple *y = &self->of_kind[Y], *u = &self->of_kind[U], *v = &self->of_kind[V];
    double *load = self->right, highest = 0;
    lead_interior_load_rows(self, self->of_kind[X].a, load);
    for (int i = 0; i < self->rows; i++) {
        const int s = self->of->links[i].tm;
        self->z[s] = fmax(self->z[s], load[i] + 1);
        self->dz[s]++; /* its rows */
    }
    for (int i = 0; i < self->rows; i++) {
        const int s = self->of->links[i].tm;
        y->a[i] = self->z[s] - load[i];
        y->weight[i] = (in->probability[s] + 1e-3 / in->samples) / self->dz[s];
        y->b[i] = y->weight[i];
        y->scale[i] = 1;
    }
    for (int s = 0; s < in->samples; s++)
        highest = fmax(highest, self->z[s]);
    for (int s = 0; s < u->count; s++) {
        const double most = in->cvar_weight * in->probability[s] / (1 - in->cvar_level);
        v->b[s] = in->cvar_weight * in->probability[s];
        u->b[s] = most - v->b[s];
        u->weight[s] = v->weight[s] = u->b[s];
        u->scale[s] = v->scale[s] = 1;
        self->z[in->samples] = highest;
        u->a[s] = 0.1;
        v->a[s] = highest + 0.1 - self->z[s];
    }
}

/* --- a step ------------------------------------------------------------------------------------
 */

/* half = D^-1 (what the path's own equations leave + the pair's part): the step of x but for rows'
 * prices. */
static void begin_step(interior *self, int od) {
    const int *first = self->of->in->set->first;
    const couple *x = &self->of_kind[X], *m = &self->of_kind[M], *w = &self->of_kind[W],
                 *t = &self->of_kind[T];
    double sum = 0, all = 0;
    for (int p = first[od]; p < first[od + 1]; p++) {
        const int k = self->kink[p];
        double h = x->goal[p] / x->a[p] - lead_interior_path_rest(self, p);
        if (k >= 0)
            h += (m->goal[k] / m->b[k] - w->goal[k] / w->b[k] - lead_interior_kink_rest(self, p)) /
                 (m->a[k] / m->b[k] + w->a[k] / w->b[k]);
        if (t->count > 0)
            h -= (t->goal[p] + t->b[p] * lead_interior_cap_rest(self, p)) / t->a[p];
        self->half[p] = h / self->diagonal[p];
        sum += self->half[p];
        all += 1 / self->diagonal[p];
    }
    self->dnu[od] = (-lead_interior_pair_rest(self, od) - sum) / all;
    for (int p = first[od]; p < first[od + 1]; p++)
        self->half[p] += self->dnu[od] / self->diagonal[p];
}

/* The steps of the MLUs and of the rows' prices. */
static void step_rows(interior *self) {
    couple *y = &self->of_kind[Y], *u = &self->of_kind[U], *v = &self->of_kind[V];
    const lead_path_program *in = self->of->in;
    const int size = self->size;
    lead_interior_load_rows(self, self->half, self->right);
    for (int i = 0; i < self->rows; i++)
        self->right[i] += y->goal[i] / y->b[i] + self->row_rest[i];
    lead_interior_substitute(self->k, self->rows, false, self->right, 1);
    memset(self->schur_right, 0, (size_t)size * sizeof(double));
    for (int s = 0; s < self->samples; s++)
        self->schur_right[s] = -(1 - in->cvar_weight) * in->probability[s];
    for (int i = 0; i < self->rows; i++) {
        self->schur_right[self->of->links[i].tm] += y->b[i];
        for (int s = 0; s < self->samples; s++)
            self->schur_right[s] += self->kb[i * size + s] * self->right[i];
    }
    for (int s = 0; s < u->count; s++) {
        const double part = 1 / (u->a[s] / u->b[s] + v->a[s] / v->b[s]),
                     f = lead_interior_risk_rest(self, s) - u->goal[s] / u->b[s] +
                         v->goal[s] / v->b[s];
        self->schur_right[s] -= v->b[s] + part * f;
        self->schur_right[self->samples] += part * f;
    }
    memcpy(self->dz, self->schur_right, (size_t)size * sizeof(double));
    lead_interior_substitute(self->schur, size, false, self->dz, 1);
    lead_interior_substitute(self->schur, size, true, self->dz, 1);
    for (int i = 0; i < self->rows; i++) {
        y->db[i] = self->right[i];
        for (int s = 0; s < self->samples; s++)
            y->db[i] -= self->kb[i * size + s] * self->dz[s];
    }
    lead_interior_substitute(self->k, self->rows, true, y->db, 1);
    for (int i = 0; i < self->rows; i++)
        y->da[i] = (y->goal[i] - y->a[i] * y->db[i]) / y->b[i];
    for (int s = 0; s < u->count; s++) {
        const double part = 1 / (u->a[s] / u->b[s] + v->a[s] / v->b[s]),
                     f = lead_interior_risk_rest(self, s) - u->goal[s] / u->b[s] +
                         v->goal[s] / v->b[s];
        v->db[s] = part * (self->dz[s] - self->dz[self->samples] + f);
        u->db[s] = -v->db[s];
        u->da[s] = (u->goal[s] - u->a[s] * u->db[s]) / u->b[s];
        v->da[s] = (v->goal[s] - v->a[s] * v->db[s]) / v->b[s];
    }
}

static void step_path(interior *self, int p) {
    couple *x = &self->of_kind[X], *m = &self->of_kind[M], *w = &self->of_kind[W],
           *t = &self->of_kind[T];
    const int k = self->kink[p];
    x->db[p] = (x->goal[p] - x->b[p] * x->da[p]) / x->a[p];
    if (k >= 0) {
        const double g =
            m->goal[k] / m->b[k] - w->goal[k] / w->b[k] - lead_interior_kink_rest(self, p);
        w->db[k] = (x->da[p] - g) / (m->a[k] / m->b[k] + w->a[k] / w->b[k]);
        m->db[k] = -w->db[k];
        m->da[k] = (m->goal[k] - m->a[k] * m->db[k]) / m->b[k];
        w->da[k] = (w->goal[k] - w->a[k] * w->db[k]) / w->b[k];
    }
    if (t->count > 0) {
        t->da[p] = -lead_interior_cap_rest(self, p) - x->da[p];
        t->db[p] = (t->goal[p] - t->b[p] * t->da[p]) / t->a[p];
    }
}

/* dx = half - P A' dlambda. */
static void end_step(interior *self, int od) {
    const int *first = self->of->in->set->first;
    couple *x = &self->of_kind[X];
    double sum = 0, all = 0;
    for (int p = first[od]; p < first[od + 1]; p++) {
        x->da[p] = lead_interior_price_of(self, p, self->of_kind[Y].db) / self->diagonal[p];
        sum += x->da[p];
        all += 1 / self->diagonal[p];
    }
    for (int p = first[od]; p < first[od + 1]; p++) {
        x->da[p] = self->half[p] - x->da[p] + sum / all / self->diagonal[p];
        step_path(self, p);
    }
    self->dnu[od] += sum / all;
}

static void find_step(interior *self) {
    for (int od = 0; od < self->pairs; od++)
        if (lead_interior_has_traffic(self, od))
            begin_step(self, od);
    step_rows(self);
    for (int od = 0; od < self->pairs; od++)
        if (lead_interior_has_traffic(self, od))
            end_step(self, od);
}

/* The couples' mean product after `part` of the step. */
static double mean_product(const interior *self, double part) {
    double sum = 0;
    double count = 0;
    for (int i = 0; i < KINDS; i++) {
        const couple *it = &self->of_kind[i];
        for (int j = 0; j < it->count; j++) {
            sum += it->scale[j] * (it->a[j] + part * it->da[j]) * (it->b[j] + part * it->db[j]);
            count += it->scale[j] * it->weight[j];
        }
    }
    return sum / count;
}

static double longest_step(const interior *self) {
    double part = 1;
    for (int i = 0; i < KINDS; i++) {
        const couple *it = &self->of_kind[i];
        for (int j = 0; j < it->count; j++) {
            if (it->da[j] < 0)
                part = fmin(part, -it->a[j] / it->da[j]);
            if (it->db[j] < 0)
                part = fmin(part, -it->b[j] / it->db[j]);
        }
    }
    return part;
}

/* Goals of the products: `to` each, with the second-order part of the step at hand if `corrects`.
 */
static void set_goals(interior *self, double to, bool corrects) {
    for (int i = 0; i < KINDS; i++) {
        couple *it = &self->of_kind[i];
        for (int j = 0; j < it->count; j++)
            it->goal[j] =
                to * it->weight[j] - it->a[j] * it->b[j] - (corrects ? it->da[j] * it->db[j] : 0);
    }
}

static void take_step(interior *self, double part) {
    for (int i = 0; i < KINDS; i++) {
        couple *it = &self->of_kind[i];
        for (int j = 0; j < it->count; j++) {
            it->a[j] += part * it->da[j];
            it->b[j] += part * it->db[j];
        }
    }
    for (int od = 0; od < self->pairs; od++)
        self->nu[od] += part * self->dnu[od];
    for (int s = 0; s < self->size; s++)
        self->z[s] += part * self->dz[s];
}

/* Also notes the rows' residuals. */
static double largest_rest(interior *self) {
    double largest = 0;
    lead_interior_load_rows(self, self->of_kind[X].a, self->row_rest);
    for (int i = 0; i < self->rows; i++) {
        self->row_rest[i] += self->of_kind[Y].a[i] - self->z[self->of->links[i].tm] -
                             self->soft[i] * self->of_kind[Y].b[i];
        largest = fmax(largest, fabs(self->row_rest[i]));
    }
    for (int p = 0; p < self->paths; p++) {
        if (!lead_interior_has_traffic(self, self->of->pair[p]))
            continue;
        largest = fmax(largest, fabs(lead_interior_path_rest(self, p)));
        if (self->kink[p] >= 0)
            largest = fmax(largest, fabs(lead_interior_kink_rest(self, p)));
        if (self->of_kind[T].count > 0)
            largest = fmax(largest, fabs(lead_interior_cap_rest(self, p)));
    }
    for (int od = 0; od < self->pairs; od++)
        if (lead_interior_has_traffic(self, od))
            largest = fmax(largest, fabs(lead_interior_pair_rest(self, od)));
    for (int s = 0; s < self->of_kind[U].count; s++)
        largest = fmax(largest, fabs(lead_interior_risk_rest(self, s)));
    return largest;
}

static lead_status iterate(interior *self, double deadline, long *steps) {
    double last = INFINITY;
    for (int i = 0; i < STEPS; i++) {
        const double rest = largest_rest(self), product = mean_product(self, 0);
        if (rest < feasible && product < exact)
            return LEAD_OK;
        if (deadline > 0 && lead_clock_seconds() > deadline)
            return lead_fail(LEAD_LATE, "the even plan's time is up");
        if (!isfinite(rest + product) || !lead_interior_factorise(self))
            return lead_fail(LEAD_NUMERIC, "the even plan's numbers fell apart at step %d", i);
        ++*steps;
        set_goals(self, 0, false);
        find_step(self);
        const double after = mean_product(self, longest_step(self)) / product;
        set_goals(self, fmax(product * after * after * after, exact / 10), true);
        find_step(self);
        /* Corrections may go round in a circle, with short steps or with long ones. */
        if (longest_step(self) < short_step || product > stalled * last) {
            set_goals(self, 0.3 * product, false);
            find_step(self);
        }
        take_step(self, fmin(1, hold_back * longest_step(self)));
        last = product;
    }
    return lead_fail(LEAD_NUMERIC, "the even plan was not found in %d steps", STEPS);
}

lead_status lead_interior_solve(const lead_path_solver *solver, const double *target,
                                double convexity, double softness, double deadline,
                                lead_interior_answer *answer) {
    interior self = {.of = solver,
                     .target = target,
                     .convexity = convexity,
                     .softness = softness,
                     .paths = solver->paths,
                     .pairs = solver->in->set->pair_count,
                     .rows = solver->link_rows,
                     .samples = solver->in->samples,
                     .risk = solver->in->cvar_weight > 0};
    self.size = self.samples + self.risk;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(interior_alloc(&self));
    for (int e = 0; e < solver->m; e++)
        self.place[e] = -1;
    begin_paths(&self);
    begin_rows(&self);
    LEAD_TRY_FREE(iterate(&self, deadline, &answer->steps));
    for (int p = 0; p < self.paths; p++)
        answer->share[p] =
            lead_interior_has_traffic(&self, solver->pair[p]) ? self.of_kind[X].a[p] : target[p];
    memcpy(answer->z, self.z, (size_t)self.samples * sizeof(double));
fail:
    interior_free(&self);
    return status;
}
