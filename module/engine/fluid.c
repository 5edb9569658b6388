/* A fluid network: loads from split ratios, loss where load exceeds capacity and downstream of it,
 * delay by M/M/1/K.
 *
 * Arrivals a(e) = what the splits send to link e of the traffic that survived before it; a link
 * passes min(1, C / a) of it. Pass fractions and arrivals depend on one another around the network,
 * so they are iterated to a fixed point (one pass when nothing is lost). Overloads that feed one
 * another in a ring swing to and fro for ever: steps are shortened when they do. A link's packets
 * wait as in an M/M/1/K queue at its load (Kleinrock 1975); a path's delay is taken for gamma
 * distributed with the mean and variance of its links' exponential sojourn times. */
#include "base/array.h"
#include "engine/gamma_delay.h"
#include "engine/types.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 500 };

/* A path whose links are all up, with its share among those of its pair that are. */
typedef struct walk {
    int od;
    double share;
    const lead_path *path;
} walk;

typedef struct fluid {
    lead_engine_options options;
    int n, m;
    unsigned char *up;       /* [m] */
    double *capacity;        /* [m] bit/s */
    double *pass, *arrivals; /* [m] fraction passed; bit/s */
    double *mean, *variance; /* [m] s, of a link's delay */
    double *splits;          /* [n][m] of this segment, after repair around links that are down */
    double *through;         /* [n] */
    double *od_rate;         /* [n*n] delivered bit/s */
    double *od_mean, *od_square; /* [n*n] first and second moment of the delay, s */
    double *od_weight;           /* [n*n] bits delivered in this epoch so far */
    double *od_least;            /* [n*n] s, propagation on the quickest way of this epoch */
    double *first, *second;      /* [n] moments while one destination is worked out */
    double *least;               /* [n] s, propagation, likewise */
    walk *walks;                 /* [walk_count] of this segment, for the pairs that have any */
    int walk_count, walk_room;
    unsigned char *by_walks;     /* [n*n] the pair has walks, and does not follow the splits */
    double stranded;             /* bit/s at nodes from which no link leads on */
    double *carried, *dropped;   /* [m] totals in bytes, with the fractions that counters lack */
    double *offered, *delivered; /* [n*n] totals in bytes */
    double unrouted;             /* total in bytes */
    double *moment1, *moment2;   /* [n*n] delay moments weighted by bits, this epoch */
    double clock;
} fluid;

static void fluid_free(void *state) {
    fluid *self = state;
    double *arrays[] = {self->pass,      self->arrivals,  self->mean,    self->variance,
                        self->splits,    self->through,   self->od_rate, self->od_mean,
                        self->od_square, self->od_weight, self->first,   self->second,
                        self->carried,   self->dropped,   self->offered, self->delivered,
                        self->moment1,   self->moment2,   self->least,   self->od_least,
                        self->capacity};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    free(self->up);
    free(self->walks);
    free(self->by_walks);
}

static lead_status fluid_alloc(void *state, const lead_engine_options *options) {
    fluid *self = state;
    size_t n = (size_t)lead_topology_node_count(options->topology),
           m = (size_t)lead_topology_link_count(options->topology);
    *self = (fluid){.options = *options, .n = (int)n, .m = (int)m};
    struct {
        double **array;
        size_t count;
    } arrays[] = {{&self->pass, m},          {&self->arrivals, m},     {&self->mean, m},
                  {&self->variance, m},      {&self->splits, n * m},   {&self->through, n},
                  {&self->od_rate, n * n},   {&self->od_mean, n * n},  {&self->od_square, n * n},
                  {&self->od_weight, n * n}, {&self->first, n},        {&self->second, n},
                  {&self->carried, m},       {&self->dropped, m},      {&self->offered, n * n},
                  {&self->delivered, n * n}, {&self->moment1, n * n},  {&self->moment2, n * n},
                  {&self->least, n},         {&self->od_least, n * n}, {&self->capacity, m}};
    lead_status status = LEAD_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        LEAD_TRY_FREE(lead_calloc(arrays[i].count, sizeof(double), arrays[i].array));
    LEAD_TRY_FREE(lead_calloc(m, 1, &self->up));
    LEAD_TRY_FREE(lead_calloc(n * n, 1, &self->by_walks));
    for (size_t e = 0; e < m; e++) {
        self->up[e] = lead_topology_link(options->topology, (int)e)->up;
        self->capacity[e] = lead_topology_link(options->topology, (int)e)->capacity;
    }
    return LEAD_OK;
fail:
    fluid_free(self);
    return status;
}

static bool is_whole(const fluid *self, const lead_path *path) {
    for (int i = 0; i < path->length; i++)
        if (!self->up[path->links[i]])
            return false;
    return true;
}

/* The walks of one pair: its paths that are whole share the traffic of those that are not. */
static lead_status find_walks(fluid *self, const lead_routing *routing, int od) {
    const lead_path *paths;
    double sum = 0;
    int count = lead_routing_paths(routing, od / self->n, od % self->n, &paths),
        first = self->walk_count;
    LEAD_TRY(
        lead_grow(&self->walks, sizeof *self->walks, self->walk_count, count, &self->walk_room));
    for (int i = 0; i < count; i++) {
        if (!is_whole(self, &paths[i]))
            continue;
        self->walks[self->walk_count++] = (walk){od, paths[i].share, &paths[i]};
        sum += paths[i].share;
    }
    for (int i = first; i < self->walk_count; i++)
        self->walks[i].share /= sum;
    self->by_walks[od] = self->walk_count > first;
    return LEAD_OK;
}

static lead_status find_all_walks(fluid *self, const lead_routing *routing) {
    self->walk_count = 0;
    for (int od = 0; od < self->n * self->n; od++)
        LEAD_TRY(find_walks(self, routing, od));
    return LEAD_OK;
}

/* The routing's splits with those of links that are down spread over the node's others (local
 * repair). */
static void repair(fluid *self, const lead_routing *routing) {
    const lead_topology *topology = self->options.topology;
    for (int t = 0; t < self->n; t++) {
        const double *asked = lead_routing_splits(routing, t);
        double *splits = self->splits + (size_t)t * (size_t)self->m;
        for (int v = 0; v < self->n; v++) {
            int degree;
            const int *links = lead_topology_links_out(topology, v, &degree);
            double sum = 0;
            for (int i = 0; i < degree; i++)
                sum += self->up[links[i]] ? asked[links[i]] : 0;
            for (int i = 0; i < degree; i++)
                splits[links[i]] = sum > 0 && self->up[links[i]] ? asked[links[i]] / sum : 0;
        }
    }
}

/* Sends one destination's traffic through the network at the present pass fractions. */
static void send(fluid *self, const double *tm, const lead_routing *routing, int t) {
    const lead_topology *topology = self->options.topology;
    const double *splits = self->splits + (size_t)t * (size_t)self->m;
    const int *order = lead_routing_order(routing, t);
    for (int v = 0; v < self->n; v++)
        self->through[v] = v == t || self->by_walks[v * self->n + t] ? 0 : tm[v * self->n + t];
    for (int i = 0; i < self->n; i++) {
        int v = order[i], degree;
        bool led_on = false;
        if (v == t || self->through[v] <= 0)
            continue;
        const int *links = lead_topology_links_out(topology, v, &degree);
        for (int k = 0; k < degree; k++) {
            int e = links[k];
            double part = self->through[v] * splits[e];
            led_on = led_on || splits[e] > 0;
            self->arrivals[e] += part;
            self->through[lead_topology_link(topology, e)->destination] += part * self->pass[e];
        }
        self->stranded += led_on ? 0 : self->through[v];
    }
}

static void send_walk(fluid *self, const double *tm, const walk *way) {
    double traffic = tm[way->od] * way->share;
    for (int i = 0; i < way->path->length; i++) {
        int e = way->path->links[i];
        self->arrivals[e] += traffic;
        traffic *= self->pass[e];
    }
}

static void send_all(fluid *self, const double *tm, const lead_routing *routing) {
    self->stranded = 0;
    memset(self->arrivals, 0, (size_t)self->m * sizeof(double));
    for (int i = 0; i < self->walk_count; i++)
        send_walk(self, tm, &self->walks[i]);
    for (int t = 0; t < self->n; t++)
        send(self, tm, routing, t);
}

static double wanted_pass(const fluid *self, int e) {
    double capacity = self->capacity[e];
    return self->arrivals[e] > capacity ? capacity / self->arrivals[e] : 1;
}

/* Arrivals, and pass fractions that agree with them to 1e-9. The arrivals are always those of the
 * pass fractions, so that every bit is in the books once. */
static void settle(fluid *self, const double *tm, const lead_routing *routing) {
    double before = INFINITY, step = 1;
    for (int e = 0; e < self->m; e++)
        self->pass[e] = 1;
    for (int round = 0; round < ROUNDS; round++) {
        double farthest = 0;
        send_all(self, tm, routing);
        for (int e = 0; e < self->m; e++)
            farthest = fmax(farthest, fabs(wanted_pass(self, e) - self->pass[e]));
        if (farthest < 1e-9)
            return;
        if (farthest > 0.7 * before)
            step = fmax(step / 2, 0.125);
        before = farthest;
        for (int e = 0; e < self->m; e++) {
            double wanted = wanted_pass(self, e), pass = self->pass[e];
            bool there = wanted == 1 && pass > 1 - 1e-6; /* nothing is lost: not even a little */
            self->pass[e] = there ? 1 : pass + step * (wanted - pass);
        }
    }
    send_all(self, tm, routing);
}

/* Mean sojourn time of an M/M/1/K system with `load` per service, in service times. */
static double sojourn(double load, double places) {
    if (load < 1e-9)
        return 1;
    if (fabs(load - 1) * (places + 1) < 1e-4) /* the limit; the formula below loses its digits */
        return (places + 1) / 2;
    double top = pow(load, places), next = top * load;
    if (!isfinite(next))
        return places;
    double in_system = load / (1 - load) - (places + 1) * next / (1 - next);
    double lost = (1 - load) * top / (1 - next);
    return in_system / (load * (1 - lost));
}

static void link_delays(fluid *self) {
    double bits = 8.0 * self->options.packet_bytes;
    double places =
        1 + (self->options.queue_packets
                 ? self->options.queue_packets
                 : floor((double)self->options.queue_bytes / self->options.packet_bytes));
    for (int e = 0; e < self->m; e++) {
        const lead_link *link = lead_topology_link(self->options.topology, e);
        double service = bits / (self->capacity[e] * self->options.rate_scale);
        double wait = service * sojourn(self->arrivals[e] / self->capacity[e], places);
        self->mean[e] = link->delay + wait;
        self->variance[e] = wait * wait; /* as if exponential */
    }
}

/* Moments of the delay to t and the fraction that arrives, from every node, against the direction
 * of the traffic. */
static void destination_delays(fluid *self, const double *tm, const lead_routing *routing, int t) {
    const lead_topology *topology = self->options.topology;
    const double *splits = self->splits + (size_t)t * (size_t)self->m;
    const int *order = lead_routing_order(routing, t);
    double *arrives = self->through;
    for (int i = self->n - 1; i >= 0; i--) {
        int v = order[i], degree;
        const int *links = lead_topology_links_out(topology, v, &degree);
        arrives[v] = v == t;
        self->first[v] = self->second[v] = 0;
        self->least[v] = v == t ? 0 : INFINITY;
        for (int k = 0; k < degree && v != t; k++) {
            int e = links[k], w = lead_topology_link(topology, e)->destination;
            double share = splits[e] * self->pass[e] * arrives[w], mean = self->mean[e];
            if (share <= 0)
                continue;
            arrives[v] += share;
            self->least[v] =
                fmin(self->least[v], lead_topology_link(topology, e)->delay + self->least[w]);
            self->first[v] += share * (mean + self->first[w]);
            self->second[v] += share * (self->variance[e] + mean * mean +
                                        2 * mean * self->first[w] + self->second[w]);
        }
        if (v != t && arrives[v] > 0) {
            self->first[v] /= arrives[v];
            self->second[v] /= arrives[v];
        }
        int od = v * self->n + t;
        self->od_rate[od] = v == t || self->by_walks[od] ? 0 : tm[od] * arrives[v];
        self->od_mean[od] = self->first[v];
        self->od_square[od] = self->second[v];
        if (self->od_rate[od] > 0)
            self->od_least[od] = fmin(self->od_least[od], self->least[v]);
    }
}

/* Adds the traffic of a walk to its pair's rate and moments. */
static void walk_delay(fluid *self, const double *tm, const walk *way) {
    double rate = tm[way->od] * way->share, mean = 0, variance = 0, least = 0;
    for (int i = 0; i < way->path->length; i++) {
        int e = way->path->links[i];
        rate *= self->pass[e];
        mean += self->mean[e];
        variance += self->variance[e];
        least += lead_topology_link(self->options.topology, e)->delay;
    }
    if (rate <= 0)
        return;
    double before = self->od_rate[way->od], part = rate / (before + rate);
    if (before == 0)
        self->od_mean[way->od] = self->od_square[way->od] = 0;
    self->od_rate[way->od] = before + rate;
    self->od_mean[way->od] += part * (mean - self->od_mean[way->od]);
    self->od_square[way->od] += part * (variance + mean * mean - self->od_square[way->od]);
    self->od_least[way->od] = fmin(self->od_least[way->od], least);
}

/* One stretch of the epoch without a change: adds to the totals. */
static lead_status run_segment(fluid *self, const double *tm, const lead_routing *routing,
                               double seconds) {
    double bytes = seconds * self->options.rate_scale / 8;
    LEAD_TRY(find_all_walks(self, routing));
    repair(self, routing);
    settle(self, tm, routing);
    link_delays(self);
    for (int t = 0; t < self->n; t++)
        destination_delays(self, tm, routing, t);
    for (int i = 0; i < self->walk_count; i++)
        walk_delay(self, tm, &self->walks[i]);
    for (int e = 0; e < self->m; e++) {
        self->carried[e] += self->arrivals[e] * self->pass[e] * bytes;
        self->dropped[e] += self->arrivals[e] * (1 - self->pass[e]) * bytes;
    }
    self->unrouted += self->stranded * bytes;
    for (int od = 0; od < self->n * self->n; od++) {
        double weight = self->od_rate[od] * seconds;
        self->offered[od] += od / self->n == od % self->n ? 0 : tm[od] * bytes;
        self->delivered[od] += self->od_rate[od] * bytes;
        self->od_weight[od] += weight;
        self->moment1[od] += weight * self->od_mean[od];
        self->moment2[od] += weight * self->od_square[od];
    }
    self->clock += seconds;
    return LEAD_OK;
}

/* Of a pair, once read_delays has turned its moments into mean and variance. */
static lead_gamma_delay delay_of(const fluid *self, int od) {
    double mean = self->moment1[od], variance = self->moment2[od];
    return (lead_gamma_delay){self->od_least[od], mean, variance, variance / (9 * mean * mean)};
}

/* The delay that 1 % of all delivered bits exceed, by bisection over the mixture of the pairs'
 * distributions. */
static double overall_p99(const lead_counters *reading, const fluid *self, double total) {
    double low = 0, high = 0;
    for (int od = 0; od < self->n * self->n; od++)
        if (self->od_weight[od] > 0)
            high = fmax(high, reading->od_delay_p99[od]);
    for (int i = 0; i < 30; i++) {
        double middle = (low + high) / 2, above = 0;
        for (int od = 0; od < self->n * self->n; od++) {
            if (self->od_weight[od] > 0)
                above += self->od_weight[od] * lead_gamma_above(delay_of(self, od), middle);
        }
        if (above > 0.01 * total)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void read_delays(fluid *self, lead_counters *reading) {
    double total = 0, sum = 0;
    for (int od = 0; od < self->n * self->n; od++) {
        double weight = self->od_weight[od];
        reading->od_delay_mean[od] = reading->od_delay_p99[od] = NAN;
        if (weight <= 0)
            continue;
        sum += self->moment1[od];
        total += weight;
        self->moment1[od] /= weight; /* from here on the pair's mean and variance */
        self->moment2[od] =
            fmax(0, self->moment2[od] / weight - self->moment1[od] * self->moment1[od]);
        reading->od_delay_mean[od] = self->moment1[od];
        reading->od_delay_p99[od] = lead_gamma_p99(delay_of(self, od));
    }
    reading->delay_mean = total > 0 ? sum / total : NAN;
    reading->delay_p99 = total > 0 ? overall_p99(reading, self, total) : NAN;
}

/* A total as a 64-bit counter shows it. */
static uint64_t counter_of(double bytes) {
    return (uint64_t)fmod(round(bytes), 18446744073709551616.0);
}

static void read_counters(fluid *self, lead_counters *reading) {
    reading->time = self->clock;
    reading->flow_time_mean = reading->flow_time_p99 = NAN;
    reading->rate_scale = self->options.rate_scale;
    reading->bits = 64;
    reading->unrouted = counter_of(self->unrouted);
    for (int e = 0; e < self->m; e++) {
        reading->link_bytes[e] = counter_of(self->carried[e]);
        reading->link_dropped[e] = counter_of(self->dropped[e]);
        reading->link_missing[e] = 0;
    }
    for (int od = 0; od < self->n * self->n; od++) {
        reading->od_offered[od] = counter_of(self->offered[od]);
        reading->od_delivered[od] = counter_of(self->delivered[od]);
        reading->od_missing[od] = 0;
    }
    read_delays(self, reading);
}

/* Statistics of delays are of the epoch. */
static void begin_epoch(fluid *self) {
    size_t pairs = (size_t)self->n * (size_t)self->n;
    memset(self->od_weight, 0, pairs * sizeof(double));
    memset(self->moment1, 0, pairs * sizeof(double));
    memset(self->moment2, 0, pairs * sizeof(double));
    for (size_t od = 0; od < pairs; od++)
        self->od_least[od] = INFINITY;
}

static void make_change(fluid *self, const lead_engine_change *change, const double **tm,
                        const lead_routing **routing) {
    switch (change->what) {
    case LEAD_ENGINE_LINK:
        self->up[change->link] = change->up;
        break;
    case LEAD_ENGINE_CAPACITY:
        self->capacity[change->link] = change->capacity;
        break;
    case LEAD_ENGINE_TRAFFIC:
        *tm = change->tm;
        break;
    case LEAD_ENGINE_ROUTING:
        *routing = change->routing;
        break;
    }
}

static lead_status fluid_run(void *state, const double *tm, const lead_routing *routing,
                             const lead_engine_change *changes, int change_count,
                             lead_counters *reading) {
    fluid *self = state;
    double at = 0;
    begin_epoch(self);
    for (int i = 0; i < change_count; i++) {
        if (changes[i].offset > at)
            LEAD_TRY(run_segment(self, tm, routing, changes[i].offset - at));
        at = changes[i].offset;
        make_change(self, &changes[i], &tm, &routing);
    }
    if (self->options.simulated > at)
        LEAD_TRY(run_segment(self, tm, routing, self->options.simulated - at));
    read_counters(self, reading);
    return LEAD_OK;
}

const lead_engine_type lead_engine_fluid = {
    .name = "fluid",
    .summary = "loads from split ratios, loss by overload, M/M/1/K delays",
    .most_rate = DBL_MAX,
    .size = sizeof(fluid),
    .alloc = fluid_alloc,
    .run = fluid_run,
    .free = fluid_free,
};
