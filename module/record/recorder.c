/* Rows of epochs, links and timings, flushed line by line. */
#include <errno.h>
#include <lead/record.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lead_recorder {
    const lead_topology *topology;
    FILE *epochs, *links, *timings;
};

static lead_status open_file(const char *folder, const char *name, const char *header, FILE **out) {
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return lead_fail(LEAD_INVALID, "the path %.80s... is too long", folder);
    *out = fopen(path, "w");
    if (!*out || fprintf(*out, "%s\n", header) < 0 || fflush(*out) != 0)
        return lead_fail(LEAD_IO, "%s: cannot be written: %s", path, strerror(errno));
    return LEAD_OK;
}

void lead_recorder_free(lead_recorder *recorder) {
    if (!recorder)
        return;
    FILE *files[] = {recorder->epochs, recorder->links, recorder->timings};
    for (int i = 0; i < 3; i++)
        if (files[i])
            fclose(files[i]);
    free(recorder);
}

lead_status lead_recorder_alloc(const char *folder, const lead_topology *topology,
                                lead_recorder **out) {
    lead_recorder *recorder = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *recorder, &recorder));
    recorder->topology = topology;
    LEAD_TRY_FREE(lead_directory_make(folder));
    LEAD_TRY_FREE(open_file(folder, "epochs.csv",
                            "epoch,time,offered_bps,mlu,optimum,mlu_over_optimum,loss_fraction,"
                            "delay_mean_s,delay_p99_s,flow_time_mean_s,flow_time_p99_s,"
                            "links_changed,moved_fraction,forecast_nrmse,forecast_nmae,forecast_"
                            "ncrps,forecast_coverage_90,"
                            "gaps,fallbacks,why",
                            &recorder->epochs));
    LEAD_TRY_FREE(open_file(folder, "links.csv",
                            "epoch,src,dst,capacity_bps,offered_bps,carried_bps,utilisation",
                            &recorder->links));
    LEAD_TRY_FREE(open_file(folder, "timings.csv",
                            "epoch,simulate_s,measure_s,predict_s,te_s,diffusion_steps",
                            &recorder->timings));
    *out = recorder;
    return LEAD_OK;
fail:
    lead_recorder_free(recorder);
    return status;
}

/* ",value", nothing after the comma for NaN. */
static void put(FILE *file, double value) {
    if (isnan(value))
        fprintf(file, ",");
    else
        fprintf(file, ",%.9g", value);
}

/* A text as a CSV field: quoted, quotes doubled, line ends as blanks. */
static void put_quoted(FILE *file, const char *text) {
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text == '\n' || *text == '\r' ? ' ' : *text, file);
    }
    fputc('"', file);
}

/* ",name", quoted where it has to be. */
static void put_name(FILE *file, const char *name) {
    fputc(',', file);
    if (strpbrk(name, ",\"\n\r"))
        put_quoted(file, name);
    else
        fputs(name, file);
}

static void add_epoch(FILE *file, const lead_epoch_record *record) {
    char time[LEAD_TIME_LENGTH + 1];
    lead_time_format(record->time, time);
    fprintf(file, "%d,%s", record->epoch, time);
    put(file, record->offered);
    put(file, record->mlu);
    put(file, record->optimum);
    put(file, record->optimum > 0 ? record->mlu / record->optimum : NAN);
    put(file, record->loss_fraction);
    put(file, record->delay_mean);
    put(file, record->delay_p99);
    put(file, record->flow_time_mean);
    put(file, record->flow_time_p99);
    fprintf(file, ",%d", record->links_changed);
    put(file, record->moved_fraction);
    put(file, record->forecast_nrmse);
    put(file, record->forecast_nmae);
    put(file, record->forecast_ncrps);
    put(file, record->forecast_coverage_90);
    fprintf(file, ",%d,%s,", record->gaps, record->fallbacks);
    if (*record->why)
        put_quoted(file, record->why);
    fprintf(file, "\n");
}

static void add_links(lead_recorder *recorder, int epoch, const double *offered,
                      const double *carried) {
    for (int e = 0; e < lead_topology_link_count(recorder->topology); e++) {
        const lead_link *link = lead_topology_link(recorder->topology, e);
        fprintf(recorder->links, "%d", epoch);
        put_name(recorder->links, lead_topology_node_name(recorder->topology, link->source));
        put_name(recorder->links, lead_topology_node_name(recorder->topology, link->destination));
        put(recorder->links, link->capacity);
        put(recorder->links, offered[e]);
        put(recorder->links, carried[e]);
        put(recorder->links, offered[e] / link->capacity);
        fprintf(recorder->links, "\n");
    }
}

lead_status lead_recorder_add(lead_recorder *recorder, const lead_epoch_record *record,
                              const double *offered, const double *carried) {
    add_epoch(recorder->epochs, record);
    add_links(recorder, record->epoch, offered, carried);
    fprintf(recorder->timings, "%d", record->epoch);
    put(recorder->timings, record->seconds_simulate);
    put(recorder->timings, record->seconds_measure);
    put(recorder->timings, record->seconds_predict);
    put(recorder->timings, record->seconds_te);
    put(recorder->timings, record->diffusion_steps > 0 ? (double)record->diffusion_steps : NAN);
    fprintf(recorder->timings, "\n");
    FILE *files[] = {recorder->epochs, recorder->links, recorder->timings};
    bool failed = false;
    for (int i = 0; i < 3; i++) /* a write that failed on the way is no longer flush's to tell */
        failed = failed || fflush(files[i]) != 0 || ferror(files[i]);
    if (failed)
        return lead_fail(LEAD_IO, "the records of epoch %d could not be written: %s", record->epoch,
                         strerror(errno));
    return LEAD_OK;
}
