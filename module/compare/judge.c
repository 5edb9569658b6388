/* What holds of all rows together: Holm 1979, and words for it. */
#include "base/expects.h"
#include "compare/bootstrap.h"
#include <math.h>
#include <stdlib.h>

typedef struct ordered {
    double p;
    int index;
} ordered;

static int compare_p(const void *a, const void *b) {
    const ordered *x = a, *y = b;
    return x->p != y->p ? (x->p > y->p) - (x->p < y->p)
                        : (x->index > y->index) - (x->index < y->index);
}

lead_status lead_compare_holm(const double *p, int count, double *adjusted) {
    LEAD_EXPECTS(count == 0 || (p && adjusted));
    ordered *order;
    double so_far = 0;
    LEAD_TRY(lead_calloc((size_t)count, sizeof *order, &order));
    for (int i = 0; i < count; i++)
        order[i] = (ordered){p[i], i};
    if (count > 0)
        qsort(order, (size_t)count, sizeof *order, compare_p);
    for (int i = 0; i < count; i++) {
        so_far = fmax(so_far, fmin(1, (count - i) * order[i].p));
        adjusted[order[i].index] = so_far;
    }
    free(order);
    return LEAD_OK;
}

const char *lead_compare_verdict_text(lead_compare_verdict verdict) {
    static const char *const texts[] = {"", "better", "worse", "no difference",
                                        "too few epochs to tell"};
    return texts[verdict];
}

static lead_compare_verdict verdict_of(const lead_compare_row *row,
                                       const lead_compare_options *options) {
    const lead_compare_estimate *estimate = &row->estimate;
    double level = 1 - options->confidence;
    if (!estimate->enough)
        return LEAD_COMPARE_TOO_FEW;
    if (row->p_beyond_holm <= level)
        return LEAD_COMPARE_NO_DIFFERENCE;
    if (row->p_holm > level || fabs(estimate->difference) < options->effect * fabs(estimate->a))
        return LEAD_COMPARE_TOO_FEW;
    return estimate->difference < 0 ? LEAD_COMPARE_BETTER : LEAD_COMPARE_WORSE;
}

/* What cannot be told from so few epochs stays in the family, as what is not told. */
static double p_of(const lead_compare_row *row, bool beyond) {
    double p = beyond ? row->estimate.p_beyond : row->estimate.p;
    return row->estimate.enough && isfinite(p) ? p : 1;
}

static lead_status correct(lead_compare_row *rows, int count, bool beyond) {
    double *p;
    int family = 0;
    LEAD_TRY(lead_calloc((size_t)count, sizeof *p, &p));
    for (int i = 0; i < count; i++)
        if (rows[i].judged)
            p[family++] = p_of(&rows[i], beyond);
    lead_status status = lead_compare_holm(p, family, p);
    family = 0;
    for (int i = 0; i < count && status == LEAD_OK; i++)
        *(beyond ? &rows[i].p_beyond_holm : &rows[i].p_holm) = rows[i].judged ? p[family++] : NAN;
    free(p);
    return status;
}

lead_status lead_compare_judge(lead_compare_row *rows, int count,
                               const lead_compare_options *options) {
    LEAD_EXPECTS((count == 0 || rows) && options);
    LEAD_TRY(lead_compare_options_check(options));
    LEAD_TRY(correct(rows, count, false));
    LEAD_TRY(correct(rows, count, true));
    for (int i = 0; i < count; i++)
        rows[i].verdict = rows[i].judged ? verdict_of(&rows[i], options) : LEAD_COMPARE_NO_VERDICT;
    return LEAD_OK;
}
