/* Sums and quantiles that every room needs. */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <lead/base.h>

double lead_sum(const double *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

double lead_quantile(double *values, size_t count, double q) {
    gsl_sort(values, 1, count);
    return gsl_stats_quantile_from_sorted_data(values, 1, count, q);
}
