/* engine: runs one epoch of traffic over a routing and answers with counters.
 *
 * Threads: "fluid" as lead/base.h has it, one thread at a time in an engine. ns-3 has one simulator
 * a process: of "ns3" there is one engine at a time, and one thread uses it from beginning to end.
 */
#ifndef LEAD_ENGINE_H
#define LEAD_ENGINE_H

#include <lead/measure.h>
#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How packets come: at a constant rate, by a Poisson process, in Pareto bursts, or from TCP flows.
 */
typedef enum lead_packet_model {
    LEAD_PACKETS_CBR,
    LEAD_PACKETS_POISSON,
    LEAD_PACKETS_PARETO,
    LEAD_PACKETS_TCP
} lead_packet_model;
/* The queue before a link. */
typedef enum lead_queue_kind { LEAD_QUEUE_FIFO, LEAD_QUEUE_RED, LEAD_QUEUE_CODEL } lead_queue_kind;

/* What an engine simulates, and how finely. */
typedef struct lead_engine_options {
    const lead_topology *topology; /* borrowed */
    uint64_t seed;
    double epoch;      /* s that one epoch stands for */
    double simulated;  /* s of it that are simulated */
    double rate_scale; /* simulated rates over real rates, in (0, 1] */
    lead_packet_model packets;
    int packet_bytes;   /* UDP payload bytes plus headers: size on the IP layer */
    int flows_per_pair; /* UDP micro-flows of an OD pair */
    lead_queue_kind queue;
    int queue_packets;      /* queue limit in packets; 0: by queue_bytes */
    int queue_bytes;        /* queue limit in bytes; 0: by queue_packets */
    double convergence;     /* s between two routers taking over a new table; 0: all at once */
    double mean_flow_bytes; /* tcp: mean flow size */
    int flow_monitor;       /* 1: ns-3's FlowMonitor, to flowmon.xml */
    const char *pcap;       /* links whose packets go to pcap files, "A-B, C-D"; NULL: none */
    const char *folder;     /* where these files go; NULL: nowhere */
} lead_engine_options;

/* What changes inside an epoch. */
typedef enum lead_engine_what {
    LEAD_ENGINE_LINK,     /* a link goes down or comes up */
    LEAD_ENGINE_CAPACITY, /* a link's capacity changes */
    LEAD_ENGINE_TRAFFIC,  /* another TM is offered */
    LEAD_ENGINE_ROUTING   /* another routing is taken over, by all routers at once */
} lead_engine_what;

/* A change inside an epoch; what is borrowed lives until the epoch is over. */
typedef struct lead_engine_change {
    double offset; /* s after the epoch's start, of simulated time */
    lead_engine_what what;
    int link; /* LINK, CAPACITY */
    bool up;
    double capacity;             /* bit/s */
    const double *tm;            /* [n*n] bit/s */
    const lead_routing *routing; /* of the network's size */
} lead_engine_change;

/* A kind of engine. To add one: one file, one row in engine/table.c. `alloc` and `run` fail as
 * lead_engine_alloc and lead_engine_run say. */
typedef struct lead_engine_type {
    const char *name;
    const char *summary;
    bool packets;                 /* simulates each of them */
    double least_rate, most_rate; /* bit/s times rate_scale that a link may have */
    size_t size;
    lead_status (*alloc)(void *state, const lead_engine_options *options);
    /* One epoch: tm[n*n] offered under `routing` (taken over at the epoch's start), changes in
     * order of their offsets; then the counters are read. */
    lead_status (*run)(void *state, const double *tm, const lead_routing *routing,
                       const lead_engine_change *changes, int change_count, lead_counters *reading);
    /* What was watched is written down; NULL: nothing is. */
    lead_status (*finish)(void *state);
    void (*free)(void *state);
} lead_engine_type;

/* A network with traffic on it, which keeps its state from epoch to epoch. */
typedef struct lead_engine lead_engine;

/* The engine of that name, static; NULL: there is none. */
LEAD_API const lead_engine_type *lead_engine_find(const char *name);
/* Their names, "fluid, ns3", borrowed until this thread's next call. */
LEAD_API const char *lead_engine_names(void);
/* A new engine in *out. LEAD_INVALID for options that it cannot simulate, LEAD_SIMULATOR or
 * LEAD_UNAVAILABLE where ns-3 cannot. */
LEAD_API lead_status lead_engine_alloc(const lead_engine_type *type,
                                       const lead_engine_options *options, lead_engine **out);
/* One epoch: tm[n*n] bit/s offered under `routing` (taken over at the epoch's start),
 * changes[change_count] in order of their offsets; then `reading`, of the network's size, has the
 * counters. LEAD_INVALID or LEAD_NUMERIC for what cannot be simulated, LEAD_SIMULATOR when ns-3
 * fails. */
LEAD_API lead_status lead_engine_run(lead_engine *engine, const double *tm,
                                     const lead_routing *routing, const lead_engine_change *changes,
                                     int change_count, lead_counters *reading);
/* After the last epoch: what flow_monitor and pcap asked for is there. LEAD_IO. */
LEAD_API lead_status lead_engine_finish(lead_engine *engine);
/* LEAD_INVALID when a link of so many bit/s cannot be simulated at the options' rate_scale. */
LEAD_API lead_status lead_engine_check_capacity(const lead_engine_type *type,
                                                const lead_engine_options *options,
                                                double capacity);
/* Frees the engine. NULL is allowed. */
LEAD_API void lead_engine_free(lead_engine *engine);

#ifdef __cplusplus
}
#endif
#endif
