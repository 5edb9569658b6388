/* Datasets of a tm.h5: arrays of float32 over (time, source, destination), read in pieces, and the
 * scales that they are over. */
#ifndef LEAD_REPORT_H5_H
#define LEAD_REPORT_H5_H

#include <hdf5.h>
#include <lead/base.h>

enum { LEAD_H5_QUANTILES = 64 }; /* most that are read */

typedef struct lead_h5 {
    char path[4300];
    hid_t file;
    int times, nodes, quantiles; /* sizes of the scales; quantiles 0: there are none */
    double *time;                /* [times] s since 1970 */
    double levels[LEAD_H5_QUANTILES];
    char **names; /* [nodes] of sources, and, in this order, of destinations */
} lead_h5;

/* Opens a file and reads its scales; `*there` is false where there is no file. LEAD_FORMAT naming
 * file and dataset. Close it, failed or not. */
lead_status lead_h5_open(const char *path, lead_h5 *file, bool *there);
void lead_h5_close(lead_h5 *file);
/* Whether it has that dataset. */
bool lead_h5_has(const lead_h5 *file, const char *name);
/* values[count][planes][nodes][nodes] of times from `first` on; planes 1: the dataset has no axis
 * of quantiles, else that axis. LEAD_FORMAT for other sizes. */
lead_status lead_h5_read(const lead_h5 *file, const char *name, int first, int count, int planes,
                         float *values);

#endif
