/* report: a run's folder as one HTML page that opens without a network (docs/report.md). The page
 * is made at build from module/report/page/; here its data are read, packed and put into it.
 *
 * Threads: as lead/base.h has it, but for HDF5, which one thread at a time may use. */
#ifndef LEAD_REPORT_H
#define LEAD_REPORT_H

#include <lead/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a page came to, for people. */
typedef struct lead_report_result {
    size_t bytes; /* of the page */
    int runs;     /* on it */
} lead_report_result;

/* Writes the page of folders[count] into `out`, whole or not at all. A folder is a run's (`lead
 * run`), a what-if's (`lead whatif`), or one whose folders are runs (`lead test --out`), each of
 * which is on the page then. What a folder lacks is said on the page; what is there and cannot be
 * read is LEAD_FORMAT with file and line, LEAD_IO. LEAD_INVALID for a folder that is none of these.
 * LEAD_UNAVAILABLE, with what to type, where the build made no page. O(size of the files). */
LEAD_API lead_status lead_report_write(const char *const *folders, int count, const char *out,
                                       lead_report_result *result);

#ifdef __cplusplus
}
#endif
#endif
