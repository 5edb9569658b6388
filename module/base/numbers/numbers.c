/* Sums, order and quantiles that every room needs. */
#include "base/expects.h"
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <lead/base.h>

double lead_sum(const double *values, size_t count) {
    LEAD_EXPECTS(values);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

enum { FEW = 64 }; /* up to that insertion is faster than any parting */

static void insert_all(double *values, size_t count) {
    for (size_t i = 1; i < count; i++) {
        double value = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

static double median_of(double a, double b, double c) {
    if (a > b)
        return a < c ? a : b > c ? b : c;
    return b < c ? b : a > c ? a : c;
}

/* Parts the values (Hoare 1962): all in [0, result) are at most those in [result, count), and
 * neither is empty, since the pivot is neither the only least nor the only greatest. */
static size_t part(double *values, size_t count) {
    double pivot = median_of(values[0], values[count / 2], values[count - 1]);
    size_t low = 0, high = count - 1;
    for (;; low++, high--) {
        while (values[low] < pivot)
            low++;
        while (values[high] > pivot)
            high--;
        if (low >= high)
            return high + 1;
        double swap = values[low];
        values[low] = values[high];
        values[high] = swap;
    }
}

/* `depth`: partings left, against orders that part badly. */
static void sort(double *values, size_t count, int depth) {
    for (; count > FEW; depth--) {
        if (depth == 0) {
            gsl_sort(values, 1, count);
            return;
        }
        size_t low = part(values, count);
        sort(values, low, depth - 1);
        values += low;
        count -= low;
    }
    insert_all(values, count);
}

void lead_sort(double *values, size_t count) {
    LEAD_EXPECTS(values);
    int depth = 2;
    for (size_t parts = count; parts > 1; parts /= 2)
        depth += 2;
    sort(values, count, depth);
}

double lead_quantile(double *values, size_t count, double q) {
    LEAD_EXPECTS(values);
    lead_sort(values, count);
    return gsl_stats_quantile_from_sorted_data(values, 1, count, q);
}
