/* The metrics of epochs.csv. */
#include "record/epochs.h"
#include "base/expects.h"
#include <lead/compare.h>
#include <stdlib.h>
#include <string.h>

static const char *const metrics[LEAD_COMPARE_METRICS] = {"mlu",
                                                          "mlu_over_optimum",
                                                          "loss_fraction",
                                                          "delay_mean_s",
                                                          "delay_p99_s",
                                                          "flow_time_mean_s",
                                                          "flow_time_p99_s",
                                                          "links_changed",
                                                          "moved_fraction",
                                                          "forecast_nrmse",
                                                          "forecast_nmae",
                                                          "forecast_ncrps",
                                                          "forecast_coverage_90",
                                                          "disconnected_bps"};

const char *lead_compare_metric(int index) {
    return index >= 0 && index < LEAD_COMPARE_METRICS ? metrics[index] : NULL;
}

void lead_compare_epochs_free(lead_compare_epochs *epochs) {
    if (!epochs)
        return;
    free(epochs->epoch);
    free(epochs->time);
    free(epochs->offered);
    for (int i = 0; i < LEAD_COMPARE_METRICS; i++)
        free(epochs->values[i]);
    free(epochs);
}

lead_status lead_compare_epochs_read(const char *path, lead_compare_epochs **out) {
    LEAD_EXPECTS(path && out);
    lead_compare_epochs *epochs;
    lead_epochs *read;
    LEAD_TRY(lead_calloc(1, sizeof *epochs, &epochs));
    lead_status status = lead_epochs_read(path, metrics, LEAD_COMPARE_METRICS, &read);
    if (status != LEAD_OK) {
        free(epochs);
        return status;
    }
    *epochs = (lead_compare_epochs){
        .count = read->count, .epoch = read->epoch, .time = read->time, .offered = read->offered};
    memcpy(epochs->values, read->values, sizeof epochs->values);
    free(read); /* its columns have changed hands */
    *out = epochs;
    return LEAD_OK;
}
