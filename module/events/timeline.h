/* What a timeline holds, for the files of this room. */
#ifndef LEAD_EVENTS_TIMELINE_H
#define LEAD_EVENTS_TIMELINE_H

#include <lead/events.h>

/* What a span does while it lasts. */
typedef enum span_what {
    SPAN_LINK,     /* the link is down */
    SPAN_NODE,     /* the node is down; its links have spans of their own */
    SPAN_CAPACITY, /* the link has another capacity */
    SPAN_OTHER     /* what the event's kind says: found by the kind */
} span_what;

/* A time in which an event does something to one thing. */
typedef struct span {
    span_what what;
    lead_event_kind kind;
    int event;
    double from, to;
    int link, node;          /* -1: none; of SPAN_LINK the node whose failure it is */
    int source, destination; /* of pairs; -1: any */
    bool planned;
} span;

/* One time that an event happens, for people. */
typedef struct occurrence {
    int event;
    double from, to;
    char target[100];
    int node;                /* that fails; -1 */
    int source, destination; /* of a burst's pairs; -1: any */
    double traffic;          /* bit/s added or taken away; NaN: none */
} occurrence;

/* The part of an epoch in which both ends of a pair are up. */
typedef struct pair_parts {
    double begin; /* of the epoch */
    double of[];  /* [n*n] */
} pair_parts;

struct lead_timeline {
    const lead_event *events;
    int event_count;
    const lead_topology *topology;
    lead_event_span run;
    uint64_t *seeds; /* [event_count] of each event's own stream */
    span *spans;
    int span_count, span_room;
    occurrence *occurrences;
    int occurrence_count, occurrence_room;
    lead_network_change *changes;
    int change_count, change_room;
    double *withdrawn; /* [epochs] */
    double *without;   /* [epochs][burst_pairs] bit/s */
    int burst_pairs;
    unsigned char *down; /* [n] room for the nodes that are down at a time */
    pair_parts *parts;   /* of the epoch that was asked for last; NULL: none was */
    char *key;           /* where a failure is, while it is made */
};

/* s from start to end of the run. */
double timeline_end(const lead_timeline *timeline);

/* Stores "events[3].KEY" and returns the status. */
lead_status timeline_fail_at(lead_timeline *timeline, int event, const char *key,
                             lead_status status);

/* The random seed of an event: of the run's and its own text. */
lead_status timeline_make_seeds(lead_timeline *timeline);
/* A number of [0, count) that depends on the event, the use and the time that it happens. */
int timeline_draw(const lead_timeline *timeline, int event, const char *use, int round, int count);

/* When an event happens first: s from the run's start; may be before it. */
lead_status timeline_when(lead_timeline *timeline, int event, int round, double *from);

/* What an event is about. Rounds: `link: random` is another link each time that it comes. */
typedef struct target {
    int from, to;            /* a link's ends; -1 */
    int node, group;         /* -1 */
    int source, destination; /* of pairs; -1: any */
    char text[100];
} target;
lead_status timeline_target(lead_timeline *timeline, int event, int round, target *out);

/* Adds the spans of one time that an event happens. */
lead_status timeline_add(lead_timeline *timeline, int event, const target *at, double from,
                         double to);
/* Repairs end what failed. */
void timeline_repair(lead_timeline *timeline, int event, const target *at, double time);

/* Says which events change nothing, or never end. */
void timeline_warn_idle(const lead_timeline *timeline);

/* From spans of links, nodes and capacities to changes. */
lead_status timeline_make_changes(lead_timeline *timeline);

/* Whether a repair: it has no duration, and comes after all that fails is known. */
bool event_is_repair(lead_event_kind kind);

/* Mean over [from, to] of a burst's shape (0 to 1) that begins at 0 and has its top for
 * `duration`. */
double burst_mean(const lead_event *event, double from, double to);

#endif
