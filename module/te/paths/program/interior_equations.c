/* The linear equations of a step of interior.c, eliminated in one order. */
#include "te/paths/program/interior_state.h"
#include <math.h>
#include <string.h>

double lead_interior_cap_of(const interior *self, int od) {
    const lead_path_set *set = self->of->in->set;
    return fmax(self->of->in->split_cap, 1.0 / (set->first[od + 1] - set->first[od]));
}

bool lead_interior_has_traffic(const interior *self, int od) {
    return self->of->mean[od] > 0 &&
           self->of->in->set->first[od + 1] > self->of->in->set->first[od];
}

double lead_interior_coefficient(const interior *self, int row, int od) {
    return self->of->in->tms[(size_t)self->of->links[row].tm * (size_t)self->pairs + (size_t)od] *
           self->unit[row];
}

/* to[row] = of what `x` gives all paths. */
void lead_interior_load_rows(const interior *self, const double *x, double *to) {
    const lead_path_set *set = self->of->in->set;
    memset(to, 0, (size_t)self->rows * sizeof *to);
    for (int p = 0; p < self->paths; p++)
        for (int i = set->start[p]; i < set->start[p + 1]; i++) {
            const int e = set->links[i];
            for (int k = self->first_of_link[e]; k < self->first_of_link[e + 1]; k++)
                to[self->of_link[k]] +=
                    lead_interior_coefficient(self, self->of_link[k], self->of->pair[p]) * x[p];
        }
}

/* What a unit of a path costs by its rows, in parts of its d. */
double lead_interior_price_of(const interior *self, int p, const double *lambda) {
    const lead_path_set *set = self->of->in->set;
    const int od = self->of->pair[p];
    double sum = 0;
    for (int i = set->start[p]; i < set->start[p + 1]; i++) {
        const int e = set->links[i];
        for (int k = self->first_of_link[e]; k < self->first_of_link[e + 1]; k++)
            sum += lead_interior_coefficient(self, self->of_link[k], od) * lambda[self->of_link[k]];
    }
    return sum / self->weight[od];
}

/* --- equations ---------------------------------------------------------------------------------
 */

/* Lower triangle in place; false where it is not positive definite. */
static bool cholesky(double *a, int n) {
    for (int i = 0; i < n; i++) {
        double *row = a + (size_t)i * (size_t)n;
        for (int j = 0; j <= i; j++) {
            const double *other = a + (size_t)j * (size_t)n;
            double sum = row[j];
            for (int k = 0; k < j; k++)
                sum -= row[k] * other[k];
            if (j < i)
                row[j] = sum / other[j];
            else if (sum > 0 && isfinite(sum))
                row[i] = sqrt(sum);
            else
                return false;
        }
    }
    return true;
}

/* b[n] of stride `step` becomes the solution of L x = b, or with `back` of L' x = b. */
void lead_interior_substitute(const double *l, int n, bool back, double *b, int step) {
    for (int r = 0; r < n; r++) {
        const int i = back ? n - 1 - r : r;
        double sum = b[i * step];
        if (back)
            for (int k = i + 1; k < n; k++)
                sum -= l[(size_t)k * (size_t)n + (size_t)i] * b[k * step];
        else
            for (int k = 0; k < i; k++)
                sum -= l[(size_t)i * (size_t)n + (size_t)k] * b[k * step];
        b[i * step] = sum / l[(size_t)i * (size_t)n + (size_t)i];
    }
}

static void set_diagonal(interior *self) {
    const couple *x = &self->of_kind[X], *m = &self->of_kind[M], *w = &self->of_kind[W],
                 *t = &self->of_kind[T];
    for (int p = 0; p < self->paths; p++) {
        const int k = self->kink[p];
        if (!lead_interior_has_traffic(self, self->of->pair[p]))
            continue;
        self->diagonal[p] = self->convexity + x->b[p] / x->a[p];
        if (k >= 0)
            self->diagonal[p] += 1 / (m->a[k] / m->b[k] + w->a[k] / w->b[k]);
        if (t->count > 0)
            self->diagonal[p] += t->b[p] / t->a[p];
    }
}

/* The pair's links that have rows, and what it has in these; how many of the latter. */
static int list_entries(interior *self, int od, int *link_count) {
    const lead_path_set *set = self->of->in->set;
    int count = 0;
    *link_count = 0;
    for (int i = set->start[set->first[od]]; i < set->start[set->first[od + 1]]; i++) {
        const int e = set->links[i];
        if (self->place[e] >= 0 || self->first_of_link[e] == self->first_of_link[e + 1])
            continue;
        self->place[e] = *link_count;
        self->links[(*link_count)++] = e;
    }
    for (int l = 0; l < *link_count; l++)
        for (int k = self->first_of_link[self->links[l]];
             k < self->first_of_link[self->links[l] + 1]; k++) {
            const double value = lead_interior_coefficient(self, self->of_link[k], od);
            if (value > 0)
                self->entries[count++] = (entry){self->of_link[k], l, value};
        }
    return count;
}

/* gram = what the pair's links have in common by the paths' diagonals, the sum of x kept. */
static void fill_gram(interior *self, int od, int links) {
    const lead_path_set *set = self->of->in->set;
    double all = 0;
    memset(self->gram, 0, (size_t)links * (size_t)links * sizeof(double));
    memset(self->through, 0, (size_t)links * sizeof(double));
    for (int p = set->first[od]; p < set->first[od + 1]; p++) {
        const double part = 1 / self->diagonal[p];
        all += part;
        for (int i = set->start[p]; i < set->start[p + 1]; i++) {
            const int a = self->place[set->links[i]];
            if (a < 0)
                continue;
            self->through[a] += part;
            for (int j = set->start[p]; j < set->start[p + 1]; j++) {
                const int b = self->place[set->links[j]];
                if (b >= 0)
                    self->gram[a * links + b] += part;
            }
        }
    }
    for (int a = 0; a < links; a++)
        for (int b = 0; b < links; b++)
            self->gram[a * links + b] -= self->through[a] * self->through[b] / all;
}

static void add_pair(interior *self, int od) {
    int links;
    const int count = list_entries(self, od, &links);
    fill_gram(self, od, links);
    for (int i = 0; i < count; i++) {
        const entry *it = &self->entries[i];
        double *row = self->k + (size_t)it->row * (size_t)self->rows;
        const double *gram = self->gram + (size_t)it->link * (size_t)links;
        const double value = it->value / self->weight[od];
        for (int j = 0; j < count; j++)
            if (self->entries[j].row <= it->row)
                row[self->entries[j].row] +=
                    value * self->entries[j].value * gram[self->entries[j].link];
    }
    for (int l = 0; l < links; l++)
        self->place[self->links[l]] = -1;
}

/* kb = L^-1 B, schur = kb' kb and what risk adds. */
static bool reduce_to_mlus(interior *self) {
    const couple *u = &self->of_kind[U], *v = &self->of_kind[V];
    const int size = self->size;
    memset(self->kb, 0, (size_t)self->rows * (size_t)size * sizeof(double));
    for (int i = 0; i < self->rows; i++)
        self->kb[i * size + self->of->links[i].tm] = 1;
    for (int s = 0; s < self->samples; s++)
        lead_interior_substitute(self->k, self->rows, false, self->kb + s, size);
    memset(self->schur, 0, (size_t)size * (size_t)size * sizeof(double));
    for (int i = 0; i < self->rows; i++)
        for (int a = 0; a < self->samples; a++)
            for (int b = 0; b <= a; b++)
                self->schur[a * size + b] += self->kb[i * size + a] * self->kb[i * size + b];
    for (int s = 0; s < u->count; s++) {
        const double part = 1 / (u->a[s] / u->b[s] + v->a[s] / v->b[s]);
        self->schur[s * size + s] += part;
        self->schur[self->samples * size + s] -= part;
        self->schur[self->samples * size + self->samples] += part;
    }
    return cholesky(self->schur, size);
}

bool lead_interior_factorise(interior *self) {
    set_diagonal(self);
    memset(self->k, 0, (size_t)self->rows * (size_t)self->rows * sizeof(double));
    for (int od = 0; od < self->pairs; od++)
        if (lead_interior_has_traffic(self, od))
            add_pair(self, od);
    for (int i = 0; i < self->rows; i++)
        self->k[(size_t)i * (size_t)self->rows + (size_t)i] +=
            self->of_kind[Y].a[i] / self->of_kind[Y].b[i] + self->soft[i];
    return cholesky(self->k, self->rows) && reduce_to_mlus(self);
}

/* --- residuals: what is to be 0 ----------------------------------------------------------------
 */

double lead_interior_kink_rest(const interior *self, int p) {
    const int k = self->kink[p];
    return self->of_kind[X].a[p] - self->of->in->in_force[p] - self->of_kind[M].a[k] +
           self->of_kind[W].a[k];
}

double lead_interior_cap_rest(const interior *self, int p) {
    return self->of_kind[X].a[p] + self->of_kind[T].a[p] -
           lead_interior_cap_of(self, self->of->pair[p]);
}

double lead_interior_path_rest(const interior *self, int p) {
    const int k = self->kink[p];
    return self->cost[p] + self->convexity * (self->of_kind[X].a[p] - self->target[p]) +
           lead_interior_price_of(self, p, self->of_kind[Y].b) - self->nu[self->of->pair[p]] -
           self->of_kind[X].b[p] + (k >= 0 ? self->of_kind[W].b[k] : 0) +
           (self->of_kind[T].count > 0 ? self->of_kind[T].b[p] : 0);
}

double lead_interior_pair_rest(const interior *self, int od) {
    const int *first = self->of->in->set->first;
    return lead_sum(self->of_kind[X].a + first[od], (size_t)(first[od + 1] - first[od])) - 1;
}

double lead_interior_risk_rest(const interior *self, int s) {
    return self->z[s] - self->z[self->samples] - self->of_kind[U].a[s] + self->of_kind[V].a[s];
}
