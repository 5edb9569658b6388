/* formats: readers and writers of topologies and traffic matrices. The file's ending tells its
 * format; each is converted to bit/s and seconds at the reader. Every error is "file:line: what is
 * wrong". A field that is there and cannot be read is an error, never the default for one that is
 * not there.
 *
 * Topologies:
 * - .yaml: ours (docs/scenario.md)
 * - .csv: columns src, dst, capacity_kbps and, if you like, igp_weight, delay_s, risk_group,
 *   probability, name
 * - .graph: REPETITA (kbit/s, microseconds)
 * - .xml: SNDlib network with capacities
 * - .graphml, .gml, .json (node-link): Internet Topology Zoo (LinkSpeedRaw in bit/s, or LinkSpeed
 * and LinkSpeedUnits) and graphs from elsewhere (capacity, delay, weight, risk_group; places; dist
 * in km)
 *
 * TMs:
 * - .csv, .csv.gz: a time and a column A>B for each pair, or time,src,dst,value; kbit/s
 * - .demands: REPETITA (one TM, kbit/s)
 * - .xml: SNDlib demands (one TM)
 * - a folder of SNDlib demand files, one an epoch
 *
 * Where nodes have places and a format has no delays, a link's delay is its great-circle distance
 * at 200,000 km/s.
 *
 * Threads: as lead/base.h has it; several may read and write files of different names at once. */
#ifndef LEAD_FORMATS_H
#define LEAD_FORMATS_H

#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether an edge of a file stands for both directions. */
typedef enum lead_directions {
    /* GraphML and GML: as `directed` says; but edges of the Topology Zoo are cables, whatever it
     * says, unless each has its reverse beside it. SNDlib: cables, unless each has its reverse
     * beside it. What was decided against the file's word or for some edges only is a warning. */
    LEAD_DIRECTIONS_FILE,
    LEAD_DIRECTIONS_BOTH,   /* each edge is a cable: two directed links */
    LEAD_DIRECTIONS_ONE_WAY /* each edge is one directed link */
} lead_directions;

/* How to read a topology. All zero: as the file says. */
typedef struct lead_topology_reading {
    double capacity; /* bit/s, given to links that state none; 0: those are an error */
    double unit;     /* bit/s that 1 means in capacities without a unit; 0: the format's or the
                        file's own. LEAD_INVALID for .yaml and .csv, which state theirs */
    lead_directions directions; /* LEAD_INVALID but 0 for formats that list directed links */
} lead_topology_reading;

/* `reading` NULL: as the file says. O(file). */
LEAD_API lead_status lead_topology_read(const char *path, const lead_topology_reading *reading,
                                        lead_topology **out);
/* Written whole or not at all. LEAD_UNAVAILABLE for what the format cannot hold and what would come
 * back as another network; a property that is left out (weights, delays, risk groups, link names)
 * is a warning. */
LEAD_API lead_status lead_topology_write(const lead_topology *topology, const char *path);
/* True when the path's ending is one of a topology format / a TM format (a .xml may be either: both
 * say true). */
LEAD_API bool lead_path_is_topology(const char *path);
/* The same of TM formats, and true for a folder that is there. O(length). */
LEAD_API bool lead_path_is_tm(const char *path);

/* What to read of a TM file. All zero: everything, in the format's own unit, nodes as the file has
 * them. */
typedef struct lead_tm_reading {
    const lead_topology *topology; /* rows and columns are put in its order; NULL: as in the file
                                      (.demands needs one) */
    double unit;      /* bit/s that 1 in the file means; 0: the format's or the file's own */
    double step;      /* s from a TM to the next of formats that have no times (.hist), whose first
                         one is at 1970-01-01; 0: such a file is LEAD_INVALID */
    int64_t from, to; /* keep TMs with from <= time < to; to = 0: no end */
} lead_tm_reading;

/* A new series in *out from a file, or a folder of SNDlib files; `reading` NULL: everything.
 * LEAD_INVALID for an ending that no format has, LEAD_IO, LEAD_FORMAT with file and line. O(file).
 */
LEAD_API lead_status lead_tm_series_read(const char *path, const lead_tm_reading *reading,
                                         lead_tm_series **out);
/* .csv, .csv.gz, .hist, .demands (one TM; needs the topology's node order), or a folder (path ends
 * in '/') of SNDlib files. */
LEAD_API lead_status lead_tm_series_write(const lead_tm_series *series, const char *path);

/* A routing for other programs: kind,source,destination,share,path,links. Rows of kind `path` are
 * explicit paths of an OD pair ("A>B>C", "3 17": node names, link indices); rows of kind `split`
 * say what part of the traffic for `destination` at `source` takes that one link, for pairs without
 * paths. Shares of a kind, source and destination sum to 1. Written whole or not at all. */
LEAD_API lead_status lead_routing_write(const lead_routing *routing, const lead_topology *topology,
                                        const char *path);

/* The paths that OD pairs may take from a file of DOTE and FIGRET, tunnels.txt: a line a pair,
 * "0 1:0-1,0-2-1", of nodes by their number in `topology`; in *out a routing that shares each pair
 * evenly among its paths. LEAD_IO, LEAD_FORMAT with file and line. A path that is there twice,
 * pairs without a line, and which of parallel links was taken are warnings. O(file + n^2). */
LEAD_API lead_status lead_tunnels_read(const char *path, const lead_topology *topology,
                                       lead_routing **out);
/* The paths of a routing's pairs, without their shares, as such a file. O(total length + n^2). */
LEAD_API lead_status lead_tunnels_write(const lead_routing *routing, const lead_topology *topology,
                                        const char *path);

/* What a folder of DOTE and FIGRET holds; all borrowed. */
typedef struct lead_dote {
    const lead_topology *topology; /* without parallel links */
    const lead_tm_series *series;  /* in its nodes' order */
    int train;                     /* TMs for train/, 0 < train < length; the rest is for test/ */
    const lead_routing *tunnels;   /* as lead_tunnels_read gives them */
    const double *optima;          /* [length] the least MLU of each TM over the tunnels */
} lead_dote;

/* Whether such a folder can be written: as lead_dote_write fails where it cannot. O(m degree). */
LEAD_API lead_status lead_dote_check(const lead_topology *topology, const char *folder);
/* Writes a new folder, whole or not at all: NAME.json (FIGRET's network), NAME_int.txt and
 * NAME_int.pickle.nnet (DOTE's; both are text), tunnels.txt, train/1.hist, train/1.opt,
 * test/2.hist, test/2.opt, where NAME is that of the folder. Rates are in bit/s. LEAD_IO, also
 * where something has that name; LEAD_UNAVAILABLE for a network with parallel links. O(length n^2).
 */
LEAD_API lead_status lead_dote_write(const lead_dote *dote, const char *folder);

/* What a file that may be one or the other holds, by its beginning: TMs, or links. A .csv whose
 * first line has a pair SOURCE>DESTINATION or src and dst with a time is TMs. */
LEAD_API lead_status lead_csv_holds_tms(const char *path, bool *tms);

/* The times of a CSV file with a header and a `time` column (other columns are not looked at), in
 * ascending order; free with free(). O(rows log rows). */
LEAD_API lead_status lead_times_read(const char *path, int64_t **times, int *count);

/* A finite decimal number that fills the text. Correctly rounded; "nan", "inf" and hexadecimal are
 * no numbers here. O(length). */
LEAD_API bool lead_number_parse(const char *text, double *value);

/* "9.92 Gbit/s", "300 s", "1500 B": a number and a unit of that kind; a bare number is in the base
 * unit (bit/s, s, byte). LEAD_FORMAT for anything else. */
typedef enum lead_quantity {
    LEAD_QUANTITY_RATE,
    LEAD_QUANTITY_TIME,
    LEAD_QUANTITY_SIZE
} lead_quantity;
/* The number that `text` says, in the base unit of its kind. LEAD_FORMAT, with what may be meant,
 * for anything else. O(length). */
LEAD_API lead_status lead_quantity_parse(const char *text, lead_quantity kind, double *value);
/* "Mbit/s", "kbps", "MB/s", or a rate such as "100 kbit/s", in bit/s > 0: what 1 means. */
LEAD_API lead_status lead_unit_parse(const char *text, double *unit);

#ifdef __cplusplus
}
#endif
#endif
