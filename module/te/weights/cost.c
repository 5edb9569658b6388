/* The cost of link weights; see cost.h.
 *
 * The least MLU gives a search nothing to go by: most changes leave the most loaded link alone. It
 * is guided by a norm of the utilisations instead, (sum u^32)^(1/32), which is near the MLU and
 * falls with every loaded link that is relieved. Exponents of 16 and 64 measured alike or worse. */
#include "te/weights/cost.h"
#include "net/congestion.h"
#include "te/common/cvar.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double NORM = 32, WITHOUT_FAILURE = 0.5, SAME = 1e-9, ROUNDING = 1e-12;

static double functional(lead_te_cost *cost, const double *values) {
    return lead_te_functional(values, cost->probability, cost->tms, cost->cvar_weight,
                              cost->cvar_level, cost->order);
}

/* x^32 */
static double to_the_norm(double x) {
    x *= x;
    x *= x;
    x *= x;
    x *= x;
    return x * x;
}

/* MLU and norm of one TM; raises candidate_utilisation. */
static void measure_mlu(lead_te_cost *cost, const lead_te_spf *spf, int k) {
    const double *per_quantum = cost->per_quantum + (size_t)k * (size_t)cost->m;
    const double scale = 1 / cost->reference;
    double largest = 0, sum = 0;
    for (int e = 0; e < cost->m; e++) {
        double u = (double)spf->load[(size_t)e * (size_t)cost->tms + (size_t)k] * per_quantum[e];
        largest = u > largest ? u : largest;
        sum += to_the_norm(u * scale);
        if (u > cost->candidate_utilisation[e])
            cost->candidate_utilisation[e] = u;
    }
    cost->mlus[k] = largest;
    cost->softs[k] = cost->reference * pow(sum, 1 / NORM);
}

/* lead_phi of one TM, from the quanta. */
static double measure_phi(const lead_te_cost *cost, const lead_te_spf *spf, int k) {
    const double *per_quantum = cost->per_quantum + (size_t)k * (size_t)cost->m;
    double phi = 0;
    for (int e = 0; e < cost->m; e++) {
        double u = (double)spf->load[(size_t)e * (size_t)cost->tms + (size_t)k] * per_quantum[e];
        double sum = u;
        for (int i = 1; i < LEAD_PHI_SEGMENTS && u > lead_phi_from[i]; i++)
            sum += (lead_phi_slope[i] - lead_phi_slope[i - 1]) * (u - lead_phi_from[i]);
        phi += sum * cost->capacity[e];
    }
    return phi;
}

/* The weights as they are, without regard to failures. */
static lead_te_value measure(lead_te_cost *cost, const lead_te_spf *spf, bool with_phi) {
    lead_te_value value = {0};
    memset(cost->candidate_utilisation, 0, (size_t)cost->m * sizeof(double));
    for (int k = 0; k < cost->tms; k++)
        measure_mlu(cost, spf, k);
    value.mlu = functional(cost, cost->mlus);
    if (with_phi || cost->objective == LEAD_TE_OBJECTIVE_PHI) {
        for (int k = 0; k < cost->tms; k++)
            cost->phis[k] = measure_phi(cost, spf, k);
        value.phi = functional(cost, cost->phis);
    }
    value.soft =
        cost->objective == LEAD_TE_OBJECTIVE_PHI ? value.phi : functional(cost, cost->softs);
    cost->evaluations++;
    return value;
}

/* The larger of each; the utilisations of the worse state are kept. */
static lead_te_value worse_of(lead_te_cost *cost, lead_te_value a, lead_te_value candidate) {
    if (candidate.soft > a.soft) {
        double *utilisation = cost->candidate_utilisation;
        cost->candidate_utilisation = cost->utilisation;
        cost->utilisation = utilisation;
    }
    return (lead_te_value){fmax(a.mlu, candidate.mlu), fmax(a.phi, candidate.phi),
                           fmax(a.soft, candidate.soft)};
}

static void fail(lead_te_cost *cost, lead_te_spf *spf, int number) {
    for (int i = cost->all.first[number]; i < cost->all.first[number + 1]; i++) {
        const int link = cost->all.links[i];
        cost->kept_weights[i] = spf->weight[link];
        lead_te_spf_change(spf, link, LEAD_TE_SPF_DOWN);
    }
}

static void mend(lead_te_cost *cost, lead_te_spf *spf, int number) {
    for (int i = cost->all.first[number + 1] - 1; i >= cost->all.first[number]; i--)
        lead_te_spf_change(spf, cost->all.links[i], cost->kept_weights[i]);
}

static lead_te_value under_failure(lead_te_cost *cost, lead_te_spf *spf,
                                   const lead_te_failure *failure, bool with_phi) {
    fail(cost, spf, failure->number);
    lead_te_value value = measure(cost, spf, with_phi);
    mend(cost, spf, failure->number);
    return value;
}

/* The worst state's worth, and a part of that without failure: else a failure that no weights help
 * against would leave the search nothing to better. */
static lead_te_value combine(const lead_te_cost *cost, lead_te_value normal, lead_te_value worst) {
    if (cost->failure_count == 0)
        return normal;
    return (lead_te_value){worst.mlu + WITHOUT_FAILURE * normal.mlu,
                           worst.phi + WITHOUT_FAILURE * normal.phi,
                           worst.soft + WITHOUT_FAILURE * normal.soft};
}

/* The state without failure, and the worst of it and the critical failures. */
static void look(lead_te_cost *cost, lead_te_spf *spf, bool with_phi, double enough,
                 lead_te_value *normal, lead_te_value *worst) {
    *normal = measure(cost, spf, with_phi);
    *worst = worse_of(cost, (lead_te_value){-1, -1, -1}, *normal);
    for (int i = 0; i < cost->critical_count; i++) {
        const int at = cost->critical[i];
        if (combine(cost, *normal, *worst).soft > enough)
            return;
        *worst = worse_of(cost, *worst, under_failure(cost, spf, &cost->failures[at], with_phi));
        if (combine(cost, *normal, *worst).soft > enough) {
            /* what turns down one candidate may turn down the next */
            memmove(cost->critical + 1, cost->critical, (size_t)i * sizeof(int));
            cost->critical[0] = at;
        }
    }
}

lead_te_value lead_te_cost_of(lead_te_cost *cost, lead_te_spf *spf, bool with_phi, double enough) {
    lead_te_value normal, worst;
    look(cost, spf, with_phi, enough, &normal, &worst);
    return combine(cost, normal, worst);
}

lead_te_value lead_te_cost_check(lead_te_cost *cost, lead_te_spf *spf, bool with_phi) {
    lead_te_value normal, worst;
    look(cost, spf, with_phi, INFINITY, &normal, &worst);
    for (int i = 0; i < cost->failure_count; i++) {
        if (cost->failures[i].critical)
            continue;
        lead_te_value candidate = under_failure(cost, spf, &cost->failures[i], with_phi);
        if (candidate.mlu > worst.mlu || candidate.soft > worst.soft) {
            cost->failures[i].critical = true;
            cost->critical[cost->critical_count++] = i;
        }
        worst = worse_of(cost, worst, candidate);
    }
    return combine(cost, normal, worst);
}

bool lead_te_value_better(lead_te_objective objective, lead_te_value a, lead_te_value b) {
    if (objective == LEAD_TE_OBJECTIVE_PHI)
        return a.phi < b.phi * (1 - SAME);
    if (a.mlu < b.mlu * (1 - SAME))
        return true;
    return objective == LEAD_TE_OBJECTIVE_MLU_PHI && a.mlu <= b.mlu * (1 + ROUNDING) &&
           a.phi < b.phi * (1 - SAME);
}

static int count_unreached(const lead_te_spf *spf) {
    int count = 0;
    for (int i = 0; i < spf->destination_count; i++)
        for (int v = 0; v < spf->n; v++)
            count += spf->distance[lead_te_spf_at(spf, spf->destinations[i], v)] >=
                     LEAD_TE_SPF_UNREACHED;
    return count;
}

/* Whether the failure leaves all traffic a way: one without takes the links that are "down", or
 * none where too many of a group follow one another. */
static bool is_survivable(lead_te_cost *cost, lead_te_spf *spf, int number) {
    const bool is_group = cost->all.first[number + 1] - cost->all.first[number] > 2;
    const int unreached = is_group ? count_unreached(spf) : 0;
    int64_t lost = 0;
    fail(cost, spf, number);
    if (is_group)
        lost = count_unreached(spf) - unreached;
    for (int i = cost->all.first[number]; i < cost->all.first[number + 1]; i++)
        for (int k = 0; k < spf->tms; k++)
            lost |= spf->load[(size_t)cost->all.links[i] * (size_t)spf->tms + (size_t)k];
    mend(cost, spf, number);
    return lost == 0;
}

static lead_status find_failures(const lead_topology *topology, lead_te_survival survival,
                                 lead_te_cost *cost, lead_te_spf *spf) {
    LEAD_TRY(lead_failures_alloc(topology, survival, &cost->all));
    const size_t count = (size_t)cost->all.count;
    LEAD_TRY(lead_calloc((size_t)cost->all.first[count], sizeof(int), &cost->kept_weights));
    LEAD_TRY(lead_calloc(count, sizeof(int), &cost->critical));
    LEAD_TRY(lead_calloc(count, sizeof *cost->failures, &cost->failures));
    for (int i = 0; i < cost->all.count; i++)
        if (is_survivable(cost, spf, i))
            cost->failures[cost->failure_count++] = (lead_te_failure){i, false};
    return LEAD_OK;
}

static lead_status alloc_rooms(lead_te_cost *cost) {
    size_t m = (size_t)cost->m, tms = (size_t)cost->tms;
    LEAD_TRY(lead_calloc(m, sizeof(double), &cost->capacity));
    LEAD_TRY(lead_calloc(m * tms, sizeof(double), &cost->per_quantum));
    LEAD_TRY(lead_calloc(tms, sizeof(double), &cost->mlus));
    LEAD_TRY(lead_calloc(tms, sizeof(double), &cost->phis));
    LEAD_TRY(lead_calloc(tms, sizeof(double), &cost->softs));
    LEAD_TRY(lead_calloc(tms, sizeof(int), &cost->order));
    LEAD_TRY(lead_calloc(m, sizeof(double), &cost->utilisation));
    return lead_calloc(m, sizeof(double), &cost->candidate_utilisation);
}

lead_status lead_te_cost_alloc(const lead_topology *topology, lead_te_spf *spf,
                               const lead_te_options *options, lead_te_objective objective,
                               const double *probability, lead_te_cost **out) {
    lead_te_cost *cost = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *cost, &cost));
    cost->objective = objective;
    cost->m = spf->m;
    cost->tms = spf->tms;
    cost->cvar_weight = options->cvar_weight;
    cost->cvar_level = options->cvar_level;
    cost->probability = probability;
    cost->reference = 1;
    LEAD_TRY_FREE(alloc_rooms(cost));
    for (int e = 0; e < cost->m; e++) {
        const lead_link *link = lead_topology_link(topology, e);
        cost->capacity[e] = link->up ? link->capacity : 0;
        for (int k = 0; k < cost->tms; k++)
            cost->per_quantum[k * cost->m + e] = spf->quantum[k] / link->capacity;
    }
    LEAD_TRY_FREE(find_failures(topology, options->survive, cost, spf));
    *out = cost;
    return LEAD_OK;
fail:
    lead_te_cost_free(cost);
    return status;
}

void lead_te_cost_free(lead_te_cost *cost) {
    if (!cost)
        return;
    free(cost->capacity);
    free(cost->per_quantum);
    free(cost->mlus);
    free(cost->phis);
    free(cost->softs);
    free(cost->order);
    free(cost->utilisation);
    free(cost->candidate_utilisation);
    lead_failures_free(&cost->all);
    free(cost->kept_weights);
    free(cost->failures);
    free(cost->critical);
    free(cost);
}
