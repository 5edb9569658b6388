/* shared: see shared.h. The file holds a head, the times, the TMs and the optimum. */
#define _GNU_SOURCE /* memfd_create */
#include "run/process/shared.h"
#include "run/process/family.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct head {
    int32_t nodes, length, first, named;
} head;

static lead_status failed(void) {
    return lead_fail(LEAD_IO, "what a run's policies share: %s", strerror(errno));
}

/* --- where everything is ----------------------------------------------------------------------
 */

static size_t tm_size(const head *it) {
    return (size_t)it->nodes * (size_t)it->nodes * sizeof(double);
}

static off_t tm_offset(const head *it, int index) {
    return (off_t)(sizeof *it + (size_t)it->length * sizeof(int64_t) + (size_t)index * tm_size(it));
}

static lead_status put(int descriptor, const void *data, size_t size, off_t offset) {
    const char *from = data;
    while (size > 0) {
        ssize_t written = pwrite(descriptor, from, size, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return failed();
        from += written;
        offset += written;
        size -= (size_t)written;
    }
    return LEAD_OK;
}

static lead_status get(int descriptor, void *data, size_t size, off_t offset) {
    char *to = data;
    while (size > 0) {
        ssize_t got = pread(descriptor, to, size, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed();
        if (got == 0)
            return lead_fail(LEAD_IO, "what a run's policies share ends early");
        to += got;
        offset += got;
        size -= (size_t)got;
    }
    return LEAD_OK;
}

/* --- written ----------------------------------------------------------------------------------
 */

static lead_status put_series(int descriptor, const head *it, const lead_tm_series *series) {
    LEAD_TRY(put(descriptor, it, sizeof *it, 0));
    for (int i = 0; i < it->length; i++) {
        int64_t time = lead_tm_series_time(series, i);
        LEAD_TRY(
            put(descriptor, &time, sizeof time, (off_t)(sizeof *it + (size_t)i * sizeof time)));
        LEAD_TRY(put(descriptor, lead_tm_series_tm(series, i), tm_size(it), tm_offset(it, i)));
    }
    return LEAD_OK;
}

lead_status lead_shared_make(const lead_subject *subject, int *descriptor) {
    const lead_tm_series *series = subject->series;
    head it = {.nodes = lead_tm_series_node_count(series),
               .length = lead_tm_series_length(series),
               .first = subject->first,
               .named = lead_tm_series_node_name(series, 0) != NULL};
    int low = memfd_create("lead-run", MFD_CLOEXEC);
    *descriptor = low < 0 ? -1 : lead_family_descriptor(low);
    lead_status status = *descriptor < 0 ? failed() : put_series(*descriptor, &it, series);
    if (low >= 0)
        close(low);
    return status;
}

lead_status lead_shared_add_optimum(int descriptor, const double *optimum) {
    head it;
    LEAD_TRY(get(descriptor, &it, sizeof it, 0));
    return put(descriptor, optimum, (size_t)(it.length - it.first) * sizeof *optimum,
               tm_offset(&it, it.length));
}

/* --- read -------------------------------------------------------------------------------------
 */

/* An empty series with the nodes' names, where it had them. */
static lead_status make_series(const head *it, const lead_topology *topology,
                               lead_tm_series **out) {
    const char **names = NULL;
    lead_status status = LEAD_OK;
    if (!it->named)
        return lead_tm_series_alloc(it->nodes, NULL, out);
    LEAD_TRY(lead_calloc((size_t)it->nodes, sizeof *names, &names));
    for (int v = 0; v < it->nodes; v++)
        names[v] = lead_topology_node_name(topology, v);
    status = lead_tm_series_alloc(it->nodes, names, out);
    free(names);
    return status;
}

static lead_status get_series(int descriptor, const head *it, lead_tm_series *series) {
    double *tm = NULL;
    int64_t time;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, tm_size(it), &tm));
    for (int i = 0; i < it->length; i++) {
        LEAD_TRY_FREE(
            get(descriptor, &time, sizeof time, (off_t)(sizeof *it + (size_t)i * sizeof time)));
        LEAD_TRY_FREE(get(descriptor, tm, tm_size(it), tm_offset(it, i)));
        LEAD_TRY_FREE(lead_tm_series_append(series, time, tm));
    }
fail:
    free(tm);
    return status;
}

static lead_status check(const head *it, const lead_topology *topology) {
    if (it->nodes == lead_topology_node_count(topology) && it->first >= 0 && it->first < it->length)
        return LEAD_OK;
    return lead_fail(LEAD_IO, "what a run's policies share is of another network");
}

lead_status lead_shared_read(int descriptor, lead_subject *subject, double **optimum) {
    head it;
    LEAD_TRY(get(descriptor, &it, sizeof it, 0));
    LEAD_TRY(check(&it, subject->topology));
    LEAD_TRY(make_series(&it, subject->topology, &subject->series));
    LEAD_TRY(get_series(descriptor, &it, subject->series));
    subject->first = it.first;
    size_t epochs = (size_t)(it.length - it.first);
    LEAD_TRY(lead_calloc(epochs, sizeof **optimum, optimum));
    return get(descriptor, *optimum, epochs * sizeof **optimum, tm_offset(&it, it.length));
}
