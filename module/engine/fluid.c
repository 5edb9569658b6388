/* A fluid network: loads from split ratios, loss where load exceeds capacity and downstream of it,
 * delay by M/M/1/K.
 *
 * Arrivals a(e) = what the splits send to link e of the traffic that survived before it; a link
 * passes min(1, C / a) of it. Pass fractions and arrivals depend on one another around the network,
 * so they are iterated to a fixed point (one pass when nothing is lost). A link's packets wait as
 * in an M/M/1/K queue at its load (Kleinrock 1975); a path's delay is taken for gamma distributed
 * with the mean and variance of its links' exponential sojourn times. */
#include "engine/types.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 200 };

typedef struct fluid {
    lead_engine_options options;
    int n, m;
    unsigned char *up;       /* [m] */
    double *pass, *arrivals; /* [m] fraction passed; bit/s */
    double *mean, *variance; /* [m] s, of a link's delay */
    double *splits;          /* [n][m] of this segment, after repair around links that are down */
    double *through;         /* [n] */
    double *od_rate;         /* [n*n] delivered bit/s */
    double *od_mean, *od_square; /* [n*n] first and second moment of the delay, s */
    double *od_weight;           /* [n*n] bits delivered in this epoch so far */
    double *first, *second;      /* [n] moments while one destination is worked out */
    double *carried, *dropped;   /* [m] totals in bytes, exact beyond the counters' integers */
    double *offered, *delivered; /* [n*n] totals in bytes */
    double *moment1, *moment2;   /* [n*n] delay moments weighted by bits, this epoch */
    double clock;
} fluid;

static void fluid_free(void *state) {
    fluid *self = state;
    double *arrays[] = {self->pass,      self->arrivals,  self->mean,    self->variance,
                        self->splits,    self->through,   self->od_rate, self->od_mean,
                        self->od_square, self->od_weight, self->first,   self->second,
                        self->carried,   self->dropped,   self->offered, self->delivered,
                        self->moment1,   self->moment2};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    free(self->up);
}

static lead_status fluid_alloc(void *state, const lead_engine_options *options) {
    fluid *self = state;
    size_t n = (size_t)lead_topology_node_count(options->topology),
           m = (size_t)lead_topology_link_count(options->topology);
    *self = (fluid){.options = *options, .n = (int)n, .m = (int)m};
    struct {
        double **array;
        size_t count;
    } arrays[] = {{&self->pass, m},          {&self->arrivals, m},    {&self->mean, m},
                  {&self->variance, m},      {&self->splits, n * m},  {&self->through, n},
                  {&self->od_rate, n * n},   {&self->od_mean, n * n}, {&self->od_square, n * n},
                  {&self->od_weight, n * n}, {&self->first, n},       {&self->second, n},
                  {&self->carried, m},       {&self->dropped, m},     {&self->offered, n * n},
                  {&self->delivered, n * n}, {&self->moment1, n * n}, {&self->moment2, n * n}};
    lead_status status = LEAD_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        LEAD_TRY_FREE(lead_calloc(arrays[i].count, sizeof(double), arrays[i].array));
    LEAD_TRY_FREE(lead_calloc(m, 1, &self->up));
    for (size_t e = 0; e < m; e++)
        self->up[e] = lead_topology_link(options->topology, (int)e)->up;
    return LEAD_OK;
fail:
    fluid_free(self);
    return status;
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
        self->through[v] = v == t ? 0 : tm[v * self->n + t];
    for (int i = 0; i < self->n; i++) {
        int v = order[i], degree;
        if (v == t || self->through[v] <= 0)
            continue;
        const int *links = lead_topology_links_out(topology, v, &degree);
        for (int k = 0; k < degree; k++) {
            int e = links[k];
            double part = self->through[v] * splits[e];
            self->arrivals[e] += part;
            self->through[lead_topology_link(topology, e)->destination] += part * self->pass[e];
        }
    }
}

/* Arrivals and pass fractions that agree with one another to 1e-9. */
static void settle(fluid *self, const double *tm, const lead_routing *routing) {
    for (int e = 0; e < self->m; e++)
        self->pass[e] = 1;
    for (int round = 0; round < ROUNDS; round++) {
        double farthest = 0;
        memset(self->arrivals, 0, (size_t)self->m * sizeof(double));
        for (int t = 0; t < self->n; t++)
            send(self, tm, routing, t);
        for (int e = 0; e < self->m; e++) {
            double capacity = lead_topology_link(self->options.topology, e)->capacity;
            double pass = self->arrivals[e] > capacity ? capacity / self->arrivals[e] : 1;
            farthest = fmax(farthest, fabs(pass - self->pass[e]));
            self->pass[e] = pass;
        }
        if (farthest < 1e-9)
            return;
    }
}

/* Mean sojourn time of an M/M/1/K system with `load` per service, in service times. */
static double sojourn(double load, double places) {
    if (load < 1e-9)
        return 1;
    if (fabs(load - 1) < 1e-6)
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
        double service = bits / (link->capacity * self->options.rate_scale);
        double wait = service * sojourn(self->arrivals[e] / link->capacity, places);
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
        for (int k = 0; k < degree && v != t; k++) {
            int e = links[k], w = lead_topology_link(topology, e)->destination;
            double share = splits[e] * self->pass[e] * arrives[w], mean = self->mean[e];
            arrives[v] += share;
            self->first[v] += share * (mean + self->first[w]);
            self->second[v] += share * (self->variance[e] + mean * mean +
                                        2 * mean * self->first[w] + self->second[w]);
        }
        if (v != t && arrives[v] > 0) {
            self->first[v] /= arrives[v];
            self->second[v] /= arrives[v];
        }
        int od = v * self->n + t;
        self->od_rate[od] = v == t ? 0 : tm[od] * arrives[v];
        self->od_mean[od] = self->first[v];
        self->od_square[od] = self->second[v];
    }
}

/* One stretch of the epoch without a change of links: adds to the totals. */
static void run_segment(fluid *self, const double *tm, const lead_routing *routing,
                        double seconds) {
    double bytes = seconds * self->options.rate_scale / 8;
    repair(self, routing);
    settle(self, tm, routing);
    link_delays(self);
    for (int t = 0; t < self->n; t++)
        destination_delays(self, tm, routing, t);
    for (int e = 0; e < self->m; e++) {
        self->carried[e] += self->arrivals[e] * self->pass[e] * bytes;
        self->dropped[e] += self->arrivals[e] * (1 - self->pass[e]) * bytes;
    }
    for (int od = 0; od < self->n * self->n; od++) {
        double weight = self->od_rate[od] * seconds;
        self->offered[od] += od / self->n == od % self->n ? 0 : tm[od] * bytes;
        self->delivered[od] += self->od_rate[od] * bytes;
        self->od_weight[od] += weight;
        self->moment1[od] += weight * self->od_mean[od];
        self->moment2[od] += weight * self->od_square[od];
    }
    self->clock += seconds;
}

/* A gamma distribution's standard normal score of x (Wilson and Hilferty 1931), from its mean and
 * variance, and back. */
static double gamma_score(double x, double mean, double variance) {
    double ninth = variance / (9 * mean * mean);
    return ninth > 0 ? (cbrt(x / mean) - 1 + ninth) / sqrt(ninth) : x < mean ? -40 : 40;
}

static double gamma_quantile(double score, double mean, double variance) {
    double ninth = variance / (9 * mean * mean), root = 1 - ninth + score * sqrt(ninth);
    return mean * root * root * root;
}

static const double score_99 = 2.3263478740408408;

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
            double mean = self->moment1[od], variance = self->moment2[od];
            if (self->od_weight[od] > 0)
                above +=
                    self->od_weight[od] * erfc(gamma_score(middle, mean, variance) / sqrt(2)) / 2;
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
        reading->od_delay_p99[od] = gamma_quantile(score_99, self->moment1[od], self->moment2[od]);
    }
    reading->delay_mean = total > 0 ? sum / total : NAN;
    reading->delay_p99 = total > 0 ? overall_p99(reading, self, total) : NAN;
}

static void read_counters(fluid *self, lead_counters *reading) {
    size_t pairs = (size_t)self->n * (size_t)self->n, links = (size_t)self->m;
    double lost = lead_sum(self->offered, pairs) - lead_sum(self->delivered, pairs) -
                  lead_sum(self->dropped, links);
    reading->time = self->clock;
    reading->rate_scale = self->options.rate_scale;
    reading->bits = 64;
    reading->unrouted = lost > 1 ? (uint64_t)llround(lost) : 0;
    for (int e = 0; e < self->m; e++) {
        reading->link_bytes[e] = (uint64_t)llround(self->carried[e]);
        reading->link_dropped[e] = (uint64_t)llround(self->dropped[e]);
        reading->link_missing[e] = 0;
    }
    for (int od = 0; od < self->n * self->n; od++) {
        reading->od_offered[od] = (uint64_t)llround(self->offered[od]);
        reading->od_delivered[od] = (uint64_t)llround(self->delivered[od]);
        reading->od_missing[od] = 0;
    }
    read_delays(self, reading);
}

static lead_status fluid_run(void *state, const double *tm, const lead_routing *routing,
                             const lead_link_event *events, int event_count,
                             lead_counters *reading) {
    fluid *self = state;
    size_t pairs = (size_t)self->n * (size_t)self->n;
    double at = 0;
    memset(self->od_weight, 0, pairs * sizeof(double));
    memset(self->moment1, 0, pairs * sizeof(double));
    memset(self->moment2, 0, pairs * sizeof(double));
    for (int i = 0; i < event_count; i++) {
        if (events[i].offset > at)
            run_segment(self, tm, routing, events[i].offset - at);
        at = events[i].offset;
        self->up[events[i].link] = events[i].up;
    }
    if (self->options.simulated > at)
        run_segment(self, tm, routing, self->options.simulated - at);
    read_counters(self, reading);
    return LEAD_OK;
}

const lead_engine_type lead_engine_fluid = {
    "fluid",       "loads from split ratios, loss by overload, M/M/1/K delays",
    sizeof(fluid), fluid_alloc,
    fluid_run,     fluid_free};
