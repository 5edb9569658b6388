/* traffic: tm.h5, the TMs of a policy's run as sent, measured and forecast, in HDF5 as netCDF-4 has
 * it: dimension scales, CF times and units (docs/results.md). */
#ifndef LEAD_RECORD_TRAFFIC_H
#define LEAD_RECORD_TRAFFIC_H

#include <lead/record.h>

typedef struct lead_traffic_file lead_traffic_file;

/* Makes FOLDER/tm.h5.part-PID, which becomes tm.h5 when it is finished. LEAD_IO, LEAD_MEMORY. */
lead_status lead_traffic_file_alloc(const char *folder, const lead_topology *topology,
                                    const lead_traffic_options *options, lead_traffic_file **out);
/* Ends it; what is not finished is removed. NULL is allowed. */
void lead_traffic_file_free(lead_traffic_file *file);
lead_status lead_traffic_file_finish(lead_traffic_file *file);

/* The rows of an epoch, as lead_recorder_add_traffic and its neighbours say (lead/record.h). */
lead_status lead_traffic_file_add(lead_traffic_file *file, int epoch, int64_t time,
                                  const double *tm, const double *samples, int sample_count);
lead_status lead_traffic_file_add_measured(lead_traffic_file *file, int epoch, const double *tm,
                                           const double *variance);
lead_status lead_traffic_file_add_paths(lead_traffic_file *file, int epoch, const double *paths);

#endif
