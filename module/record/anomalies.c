/* anomalies: see anomalies.h. */
#include "record/anomalies.h"
#include "record/fields.h"
#include <stdlib.h>
#include <string.h>

void lead_anomaly_rows_clear(lead_anomaly_rows *self) {
    *self = (lead_anomaly_rows){.anomalies = {.file = -1}, .surprises = {.file = -1}};
}

void lead_anomaly_rows_close(lead_anomaly_rows *self) {
    lead_rows_close(&self->anomalies);
    lead_rows_close(&self->surprises);
}

lead_status lead_anomaly_rows_open(const char *folder, const lead_topology *topology, int64_t start,
                                   int64_t step, lead_anomaly_rows *out) {
    out->topology = topology;
    out->start = start;
    out->step = step;
    LEAD_TRY(lead_rows_open(folder, "anomalies.csv", &out->anomalies));
    fprintf(out->anomalies.text, "first_epoch,last_epoch,start,end,peak_epoch,tail_probability,"
                                 "size_bps,cause,where,link,explained,open\n");
    LEAD_TRY(lead_rows_flush(&out->anomalies));
    LEAD_TRY(lead_rows_open(folder, "surprise.csv", &out->surprises));
    fprintf(out->surprises.text,
            "epoch,tail_probability,pairs,src,dst,pair_tail_probability,replanned\n");
    return lead_rows_flush(&out->surprises);
}

static const char *name_of(const lead_anomaly_rows *self, int node) {
    return lead_topology_node_name(self->topology, node);
}

/* "A>B C>D", "A>*", "*>B", "A", "A-B", "*". */
static void print_where(const lead_anomaly_rows *self, const lead_anomaly *it, FILE *text) {
    for (int i = 0; i < it->pair_count; i++)
        fprintf(text, "%s%s>%s", i ? " " : "", name_of(self, it->sources[i]),
                name_of(self, it->destinations[i]));
    if (it->cause == LEAD_CAUSE_SOURCE)
        fprintf(text, "%s>*", name_of(self, it->node));
    if (it->cause == LEAD_CAUSE_DESTINATION)
        fprintf(text, "*>%s", name_of(self, it->node));
    if (it->cause == LEAD_CAUSE_NODE)
        fprintf(text, "%s", name_of(self, it->node));
    if (it->cause == LEAD_CAUSE_ALL)
        fprintf(text, "*");
    if (it->cause != LEAD_CAUSE_LINK)
        return;
    const lead_link *link = lead_topology_link(self->topology, it->link);
    fprintf(text, "%s-%s", name_of(self, link->source), name_of(self, link->destination));
}

static lead_status put_where(const lead_anomaly_rows *self, const lead_anomaly *it) {
    char *where = NULL;
    size_t size;
    FILE *text = open_memstream(&where, &size);
    if (text)
        print_where(self, it, text);
    if (!text || fclose(text) != 0 || !where) {
        free(where);
        return lead_fail(LEAD_MEMORY, "%s: no memory for its rows", self->anomalies.path);
    }
    lead_put_name(self->anomalies.text, where);
    free(where);
    return LEAD_OK;
}

static void put_time(const lead_anomaly_rows *self, int epoch) {
    char time[LEAD_TIME_LENGTH + 1];
    lead_time_format(self->start + epoch * self->step, time);
    fprintf(self->anomalies.text, ",%s", time);
}

lead_status lead_anomaly_rows_add(lead_anomaly_rows *self, const lead_anomaly *anomaly) {
    FILE *file = self->anomalies.text;
    lead_locale before = lead_locale_enter();
    fprintf(file, "%d,%d", anomaly->first, anomaly->last);
    put_time(self, anomaly->first);
    put_time(self, anomaly->last + 1);
    fprintf(file, ",%d", anomaly->peak);
    lead_put_number(file, anomaly->tail);
    lead_put_number(file, anomaly->size);
    fprintf(file, ",%s", lead_cause_name(anomaly->cause));
    lead_status status = put_where(self, anomaly);
    if (anomaly->cause == LEAD_CAUSE_LINK)
        fprintf(file, ",%d", anomaly->link);
    else
        fprintf(file, ",");
    lead_put_number(file, anomaly->explained);
    fprintf(file, ",%d\n", anomaly->open);
    lead_locale_leave(before);
    return status == LEAD_OK ? lead_rows_flush(&self->anomalies) : status;
}

lead_status lead_anomaly_rows_add_surprise(lead_anomaly_rows *self, const lead_surprise *surprise,
                                           bool replanned) {
    FILE *file = self->surprises.text;
    lead_locale before = lead_locale_enter();
    fprintf(file, "%d", surprise->epoch);
    lead_put_number(file, surprise->tail);
    fprintf(file, ",%d", surprise->judged);
    lead_put_name(file, surprise->source < 0 ? "" : name_of(self, surprise->source));
    lead_put_name(file, surprise->source < 0 ? "" : name_of(self, surprise->destination));
    lead_put_number(file, surprise->pair_tail);
    fprintf(file, ",%d\n", replanned);
    lead_locale_leave(before);
    return lead_rows_flush(&self->surprises);
}
