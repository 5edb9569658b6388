/* anomalies.csv and surprise.csv: what the traffic did that its forecast did not expect. */
#ifndef LEAD_RECORD_ANOMALIES_H
#define LEAD_RECORD_ANOMALIES_H

#include "record/files.h"
#include <lead/detect.h>

typedef struct lead_anomaly_rows {
    const lead_topology *topology;
    int64_t start, step; /* s since 1970 UTC of epoch 0; s of an epoch */
    lead_rows anomalies, surprises;
} lead_anomaly_rows;

/* Nothing is open. */
void lead_anomaly_rows_clear(lead_anomaly_rows *self);
/* `topology` is borrowed. LEAD_IO, LEAD_MEMORY. */
lead_status lead_anomaly_rows_open(const char *folder, const lead_topology *topology, int64_t start,
                                   int64_t step, lead_anomaly_rows *out);
/* LEAD_IO. */
lead_status lead_anomaly_rows_add(lead_anomaly_rows *self, const lead_anomaly *anomaly);
/* LEAD_IO. */
lead_status lead_anomaly_rows_add_surprise(lead_anomaly_rows *self, const lead_surprise *surprise,
                                           bool replanned);
void lead_anomaly_rows_close(lead_anomaly_rows *self);

#endif
