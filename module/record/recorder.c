/* Rows of epochs, links and timings, put into the files epoch by epoch. */
#include "base/expects.h"
#include "record/anomalies.h"
#include "record/fields.h"
#include "record/plans.h"
#include "record/traffic.h"
#include <lead/record.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EPOCHS, LINKS, TIMINGS, FILES };

struct lead_recorder {
    const lead_topology *topology;
    lead_rows files[FILES];
    lead_rows pairs;             /* pairs.csv; its file -1: nobody watches */
    lead_plan_rows plans;        /* plans.csv; its rows' file -1: not kept */
    lead_anomaly_rows anomalies; /* its files -1: not kept */
    lead_traffic_file *traffic;  /* NULL: it is not kept */
    char *folder;
    int lock; /* of the folder; -1: none */
};

static const struct {
    const char *name, *header;
} files[FILES] = {
    {"epochs.csv",
     "epoch,time,offered_bps,mlu,optimum,mlu_over_optimum,loss_fraction,delay_mean_s,delay_p99_s,"
     "flow_time_mean_s,flow_time_p99_s,links_changed,moved_fraction,forecast_nrmse,forecast_nmae,"
     "forecast_ncrps,forecast_coverage_90,disconnected_bps,withdrawn_bps,network_changed,"
     "loss_congestion,loss_transient,loss_disconnected,suspects,gaps,"
     "fallbacks,why"},
    {"links.csv", "epoch,src,dst,capacity_bps,offered_bps,carried_bps,utilisation"},
    {"timings.csv", "epoch,simulate_s,measure_s,predict_s,te_s,diffusion_steps"},
};

void lead_recorder_free(lead_recorder *recorder) {
    if (!recorder)
        return;
    for (int i = 0; i < FILES; i++)
        lead_rows_close(&recorder->files[i]);
    lead_rows_close(&recorder->pairs);
    lead_plan_rows_close(&recorder->plans);
    lead_anomaly_rows_close(&recorder->anomalies);
    lead_traffic_file_free(recorder->traffic);
    free(recorder->folder);
    if (recorder->lock >= 0)
        close(recorder->lock);
    free(recorder);
}

/* The folder itself, too, must not be a way to somewhere else. */
static lead_status check_folder(const char *folder) {
    struct stat about;
    if (lstat(folder, &about) == 0 && S_ISLNK(about.st_mode))
        return lead_fail(LEAD_IO, "%s: cannot be written: it is a symbolic link; move it away",
                         folder);
    return LEAD_OK;
}

static lead_status open_files(const char *folder, lead_recorder *recorder) {
    LEAD_TRY(lead_directory_make(folder));
    LEAD_TRY(check_folder(folder));
    LEAD_TRY(lead_directory_lock(folder, &recorder->lock));
    for (int i = 0; i < FILES; i++) {
        LEAD_TRY(lead_rows_open(folder, files[i].name, &recorder->files[i]));
        fprintf(recorder->files[i].text, "%s\n", files[i].header);
        LEAD_TRY(lead_rows_flush(&recorder->files[i]));
    }
    return LEAD_OK;
}

lead_status lead_recorder_alloc(const char *folder, const lead_topology *topology,
                                lead_recorder **out) {
    LEAD_EXPECTS(folder && topology && out);
    lead_recorder *recorder = NULL;
    LEAD_TRY(lead_calloc(1, sizeof *recorder, &recorder));
    recorder->topology = topology;
    recorder->lock = -1;
    for (int i = 0; i < FILES; i++)
        recorder->files[i].file = -1;
    recorder->pairs.file = recorder->plans.rows.file = -1;
    lead_anomaly_rows_clear(&recorder->anomalies);
    lead_status status = lead_string_copy(folder, &recorder->folder);
    if (status == LEAD_OK)
        status = open_files(folder, recorder);
    if (status == LEAD_OK)
        *out = recorder;
    else
        lead_recorder_free(recorder);
    return status;
}

static void add_epoch(FILE *file, const lead_epoch_record *record) {
    char time[LEAD_TIME_LENGTH + 1];
    lead_time_format(record->time, time);
    fprintf(file, "%d,%s", record->epoch, time);
    lead_put_number(file, record->offered);
    lead_put_number(file, record->mlu);
    lead_put_number(file, record->optimum);
    lead_put_number(file, record->optimum > 0 ? record->mlu / record->optimum : NAN);
    lead_put_number(file, record->loss_fraction);
    lead_put_number(file, record->delay_mean);
    lead_put_number(file, record->delay_p99);
    lead_put_number(file, record->flow_time_mean);
    lead_put_number(file, record->flow_time_p99);
    fprintf(file, ",%d", record->links_changed);
    lead_put_number(file, record->moved_fraction);
    lead_put_number(file, record->forecast_nrmse);
    lead_put_number(file, record->forecast_nmae);
    lead_put_number(file, record->forecast_ncrps);
    lead_put_number(file, record->forecast_coverage_90);
    lead_put_number(file, record->disconnected);
    lead_put_number(file, record->withdrawn);
    fprintf(file, ",%d", record->network_changed);
    lead_put_number(file, record->loss_congestion);
    lead_put_number(file, record->loss_transient);
    lead_put_number(file, record->loss_disconnected);
    fprintf(file, ",%d,%d,%s,", record->suspects, record->gaps, record->fallbacks);
    if (*record->why)
        lead_put_quoted(file, record->why);
    fprintf(file, "\n");
}

static void add_links(FILE *file, const lead_topology *topology, int epoch, const double *offered,
                      const double *carried) {
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        const lead_link *link = lead_topology_link(topology, e);
        fprintf(file, "%d", epoch);
        lead_put_name(file, lead_topology_node_name(topology, link->source));
        lead_put_name(file, lead_topology_node_name(topology, link->destination));
        lead_put_number(file, link->capacity);
        lead_put_number(file, offered[e]);
        lead_put_number(file, carried[e]);
        lead_put_number(file, offered[e] / link->capacity);
        fprintf(file, "\n");
    }
}

static void add_timings(FILE *file, const lead_epoch_record *record) {
    fprintf(file, "%d", record->epoch);
    lead_put_number(file, record->seconds_simulate);
    lead_put_number(file, record->seconds_measure);
    lead_put_number(file, record->seconds_predict);
    lead_put_number(file, record->seconds_te);
    lead_put_number(file, record->diffusion_steps > 0 ? (double)record->diffusion_steps : NAN);
    fprintf(file, "\n");
}

lead_status lead_recorder_add(lead_recorder *recorder, const lead_epoch_record *record,
                              const double *offered, const double *carried) {
    LEAD_EXPECTS(recorder && record && offered && carried);
    lead_locale before = lead_locale_enter();
    add_epoch(recorder->files[EPOCHS].text, record);
    add_links(recorder->files[LINKS].text, recorder->topology, record->epoch, offered, carried);
    add_timings(recorder->files[TIMINGS].text, record);
    lead_locale_leave(before);
    for (int i = 0; i < FILES; i++) {
        lead_status status = lead_rows_flush(&recorder->files[i]);
        if (status != LEAD_OK)
            return lead_fail_within(status, "epoch %d", record->epoch);
    }
    return LEAD_OK;
}

lead_status lead_recorder_watch(lead_recorder *recorder) {
    LEAD_EXPECTS(recorder);
    LEAD_TRY(lead_rows_open(recorder->folder, "pairs.csv", &recorder->pairs));
    fprintf(recorder->pairs.text, "epoch,src,dst,true_bps,without_bursts_bps,forecast_bps,"
                                  "forecast_p05_bps,forecast_p95_bps\n");
    return lead_rows_flush(&recorder->pairs);
}

lead_status lead_recorder_add_pairs(lead_recorder *recorder, int epoch,
                                    const lead_pair_record *pairs, int count) {
    LEAD_EXPECTS(recorder && pairs);
    FILE *file = recorder->pairs.text;
    lead_locale before = lead_locale_enter();
    for (int i = 0; i < count; i++) {
        const lead_pair_record *it = &pairs[i];
        fprintf(file, "%d", epoch);
        lead_put_name(file, lead_topology_node_name(recorder->topology, it->source));
        lead_put_name(file, lead_topology_node_name(recorder->topology, it->destination));
        lead_put_number(file, it->rate);
        lead_put_number(file, it->without);
        lead_put_number(file, it->forecast);
        lead_put_number(file, it->low);
        lead_put_number(file, it->high);
        fprintf(file, "\n");
    }
    lead_locale_leave(before);
    return lead_rows_flush(&recorder->pairs);
}

/* --- plans.csv -------------------------------------------------------------------------------- */

lead_status lead_recorder_open_plans(lead_recorder *recorder) {
    LEAD_EXPECTS(recorder && recorder->plans.rows.file < 0);
    return lead_plan_rows_open(recorder->folder, recorder->topology, &recorder->plans);
}

lead_status lead_recorder_add_plan(lead_recorder *recorder, int epoch, double offset,
                                   const lead_routing *routing) {
    LEAD_EXPECTS(recorder && routing);
    return recorder->plans.rows.file < 0
               ? LEAD_OK
               : lead_plan_rows_add(&recorder->plans, epoch, offset, routing);
}

/* --- anomalies.csv, surprise.csv -------------------------------------------------------------- */

lead_status lead_recorder_open_anomalies(lead_recorder *recorder, int64_t start, int64_t step) {
    LEAD_EXPECTS(recorder && recorder->anomalies.anomalies.file < 0);
    return lead_anomaly_rows_open(recorder->folder, recorder->topology, start, step,
                                  &recorder->anomalies);
}

lead_status lead_recorder_add_surprise(lead_recorder *recorder, const lead_surprise *surprise,
                                       bool replanned) {
    LEAD_EXPECTS(recorder && surprise);
    return recorder->anomalies.surprises.file < 0
               ? LEAD_OK
               : lead_anomaly_rows_add_surprise(&recorder->anomalies, surprise, replanned);
}

lead_status lead_recorder_add_anomaly(lead_recorder *recorder, const lead_anomaly *anomaly) {
    LEAD_EXPECTS(recorder && anomaly);
    return recorder->anomalies.anomalies.file < 0
               ? LEAD_OK
               : lead_anomaly_rows_add(&recorder->anomalies, anomaly);
}

/* --- tm.h5 ------------------------------------------------------------------------------------ */

lead_status lead_recorder_open_traffic(lead_recorder *recorder,
                                       const lead_traffic_options *options) {
    LEAD_EXPECTS(recorder && options && !recorder->traffic);
    return lead_traffic_file_alloc(recorder->folder, recorder->topology, options,
                                   &recorder->traffic);
}

lead_status lead_recorder_add_traffic(lead_recorder *recorder, int epoch, int64_t time,
                                      const double *tm, const double *samples, int sample_count) {
    LEAD_EXPECTS(recorder && tm);
    return recorder->traffic
               ? lead_traffic_file_add(recorder->traffic, epoch, time, tm, samples, sample_count)
               : LEAD_OK;
}

lead_status lead_recorder_add_measured(lead_recorder *recorder, int epoch, const double *tm,
                                       const double *variance) {
    LEAD_EXPECTS(recorder && tm);
    return recorder->traffic
               ? lead_traffic_file_add_measured(recorder->traffic, epoch, tm, variance)
               : LEAD_OK;
}

lead_status lead_recorder_add_paths(lead_recorder *recorder, int epoch, const double *paths) {
    LEAD_EXPECTS(recorder && paths);
    return recorder->traffic ? lead_traffic_file_add_paths(recorder->traffic, epoch, paths)
                             : LEAD_OK;
}

lead_status lead_recorder_finish_traffic(lead_recorder *recorder) {
    LEAD_EXPECTS(recorder);
    return recorder->traffic ? lead_traffic_file_finish(recorder->traffic) : LEAD_OK;
}
