/* events: what happens during a run to the network, its traffic, its counters and its controllers.
 * A list of events, as scenario files have them, becomes a timeline: what is drawn at random is
 * drawn, names are looked up, and what overlaps is one state at every time.
 *
 * Times on a timeline are seconds from the run's start, of the epochs' own time.
 *
 * Threads: as lead/base.h has it; a timeline is used by one thread at a time. */
#ifndef LEAD_EVENTS_H
#define LEAD_EVENTS_H

#include <lead/measure.h>
#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The kinds, in the order of their names in scenario files ("link-failure"). */
typedef enum lead_event_kind {
    LEAD_EVENT_LINK_FAILURE,
    LEAD_EVENT_LINK_REPAIR,
    LEAD_EVENT_NODE_FAILURE,
    LEAD_EVENT_NODE_REPAIR,
    LEAD_EVENT_GROUP_FAILURE,
    LEAD_EVENT_GROUP_REPAIR,
    LEAD_EVENT_MAINTENANCE,
    LEAD_EVENT_CAPACITY,
    LEAD_EVENT_BURST,
    LEAD_EVENT_BLACKOUT,
    LEAD_EVENT_FORECAST_FAULT,
    LEAD_EVENT_PLAN_FAULT,
    LEAD_EVENT_RECONVERGENCE,
    LEAD_EVENT_KINDS
} lead_event_kind;

/* How a burst rises and falls. */
typedef enum lead_burst_shape { LEAD_BURST_LINEAR, LEAD_BURST_EXPONENTIAL } lead_burst_shape;

/* What becomes of a counter's reading. */
typedef enum lead_blackout_how {
    LEAD_BLACKOUT_LOST,     /* no answer */
    LEAD_BLACKOUT_LATE,     /* the answer of the reading before */
    LEAD_BLACKOUT_WRAPPED,  /* its lower 32 bits */
    LEAD_BLACKOUT_CORRUPTED /* any number */
} lead_blackout_how;

/* What becomes of a forecast or a plan; FAULT_NONE is no word of scenario files. */
typedef enum lead_fault_how {
    LEAD_FAULT_LATE, /* it comes when the epoch has begun */
    LEAD_FAULT_NAN,  /* its numbers are none */
    LEAD_FAULT_CRASH /* there is none */
} lead_fault_how;

/* An event of a scenario file (docs/scenario.md). Texts are borrowed. What a kind does not heed is
 * unset: 0 or NULL. */
typedef struct lead_event {
    lead_event_kind kind;
    int epoch;       /* when: the epoch ... (-1: see `at`) */
    double offset;   /* ... and s after its start */
    const char *at;  /* or "10:00", "2004-07-20T10:00Z", "random" */
    double duration; /* s; 0: to the end of the run */
    double every;    /* s after which it comes again; 0: once */
    const char *link, *node, *pairs;
    int group;
    double factor, rate, capacity;
    double ramp, decay; /* s */
    lead_burst_shape shape;
    lead_blackout_how counters;
    double share, above;
    lead_fault_how fault;
    const char *policies;
    double delay; /* s */
} lead_event;

/* LEAD_INVALID when a key that the kind needs is not stated, or one of its alternatives; *key is
 * the key then. */
LEAD_API lead_status lead_event_check(const lead_event *event, const char **key);

/* Whether a fault is that policy's. O(1). */
LEAD_API bool lead_event_strikes(const lead_event *event, const char *policy);

/* The run that events happen in. */
typedef struct lead_event_span {
    int64_t start; /* of the first epoch, s since 1970 */
    double epoch;  /* s */
    int epochs;
    uint64_t seed;
} lead_event_span;

/* What happens when, over a network. */
typedef struct lead_timeline lead_timeline;

enum { LEAD_EVENT_KEY = 60 };

/* A new timeline of events[count] (borrowed, like the topology, as long as it lives) in *out. What
 * an event draws depends on the seed and on the event's own text alone. LEAD_INVALID for a name
 * that the network has not, or a time that does not come; then `key` says where ("events[3].link"),
 * else it is empty. O(events x links + spans log spans). */
LEAD_API lead_status lead_timeline_alloc(const lead_event *events, int count,
                                         const lead_topology *topology, const lead_event_span *span,
                                         char key[LEAD_EVENT_KEY], lead_timeline **out);
/* Frees the timeline. NULL is allowed. */
LEAD_API void lead_timeline_free(lead_timeline *timeline);

/* A change of the network. */
typedef struct lead_network_change {
    double time;    /* s from the run's start */
    int link, node; /* the one that changes; -1: it is the other */
    bool up;
    double capacity; /* of the link, bit/s; 0: that does not change */
    bool planned;    /* known when the epoch is planned: the routes are moved first */
    bool at_once;    /* known to the routing protocol before, if not to the plan */
} lead_network_change;

/* The changes from the start of an epoch to its end, ascending in time, borrowed; their number. A
 * node's links change beside it. */
LEAD_API int lead_timeline_changes(const lead_timeline *timeline, int epoch,
                                   const lead_network_change **changes);
/* Puts the bursts, and the traffic that failed nodes take away, into the TMs series[first ...]:
 * means over each epoch. O(epochs with some (n^2 + events)). */
LEAD_API lead_status lead_timeline_shape(lead_timeline *timeline, lead_tm_series *series,
                                         int first);
/* Traffic that failed nodes took away in that epoch, bit/s, mean over it; after
 * lead_timeline_shape. */
LEAD_API double lead_timeline_withdrawn(const lead_timeline *timeline, int epoch);
/* The OD pairs that bursts are of, in pairs[n*n], and their number; 0 where a burst is of all
 * pairs: then none stands out. O(n^2 events). */
LEAD_API int lead_timeline_burst_pairs(const lead_timeline *timeline, int *pairs);
/* What such a pair's demand of that epoch was without the bursts, bit/s; its place in that list;
 * after lead_timeline_shape. O(1). */
LEAD_API double lead_timeline_without_bursts(const lead_timeline *timeline, int epoch, int place);
/* tm[n*n] at `time` within the epoch whose mean is mean[n*n]: nothing from or to nodes that are
 * down, and more while they are up. LEAD_MEMORY. O(n^2 + spans), and for an epoch other than the
 * call before that times its node changes. */
LEAD_API lead_status lead_timeline_traffic(lead_timeline *timeline, double time, const double *mean,
                                           double *tm);
/* s that the routing protocol takes after a change at `time`; `usual` where no event says. */
LEAD_API double lead_timeline_reconvergence(const lead_timeline *timeline, double time,
                                            double usual);
/* Whether the forecast (or the plan) of a policy that is made at the beginning of the epoch fails,
 * and how. */
LEAD_API bool lead_timeline_fault(const lead_timeline *timeline, lead_event_kind kind, int epoch,
                                  const char *policy, lead_fault_how *how);
/* Strikes the counters of the reading at the end of an epoch in which the links were utilised so;
 * `before` is the reading before as it was seen. O(n^2 + m). */
LEAD_API void lead_timeline_blind(const lead_timeline *timeline, int epoch,
                                  const double *utilisation, const lead_counters *before,
                                  lead_counters *reading);
/* Whether lead_timeline_blind may change anything in some epoch. */
LEAD_API bool lead_timeline_blinds(const lead_timeline *timeline);
/* Something that an event did, for people. */
typedef struct lead_happening {
    int event;
    lead_event_kind kind;
    double from, to; /* s from the run's start; `to` INFINITY: to the end */
    char target[100];
} lead_happening;
/* How often events happen in all. O(1). */
LEAD_API int lead_timeline_happenings(const lead_timeline *timeline);
/* The one of that index: failures before repairs, each in the events' order. O(1). */
LEAD_API lead_happening lead_timeline_happening(const lead_timeline *timeline, int index);
/* The kind's name, "link-failure", static. */
LEAD_API const char *lead_event_kind_name(lead_event_kind kind);
/* events.csv: a row for the beginning and the end of everything that happened, in order of time
 * (docs/results.md). LEAD_IO. */
LEAD_API lead_status lead_timeline_write(const lead_timeline *timeline, const char *path);

#ifdef __cplusplus
}
#endif
#endif
