/* The controller in an ns-3 program that is not ours: the program's network becomes a topology, its
 * counters become readings, and the laps are events of its simulation. */
#include <lead/attach.h>

#ifdef LEAD_NS3

#include "engine/ns3_counters.h"
#include "engine/ns3_install.h"
#include "run/experts.h"
#include "run/lap/lap.h"
#include <lead/scenario.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

struct lead_attachment {
    lead_scenario *scenario;
    ns3c_network *network;
    lead_topology *topology;
    lead_controller *controller;
    lead_recorder *recorder; /* NULL without a folder */
    lead_routing *tunnels;   /* NULL: none */
    lead_lap lap;
    int64_t step; /* s that an epoch stands for */
    int epoch, n, m;
    bool warned; /* of traffic that no pair explains */
};

static void attachment_free(lead_attachment *self) {
    ns3c_network_free(self->network);
    lead_controller_free(self->controller);
    lead_routing_free(self->tunnels);
    lead_recorder_free(self->recorder);
    lead_lap_free(&self->lap);
    lead_topology_free(self->topology);
    lead_scenario_free(self->scenario);
    free(self);
}

static lead_status adopt_network(lead_attachment *self) {
    LEAD_TRY(ns3c_adopt(&self->network));
    LEAD_TRY(lead_topology_alloc(&self->topology));
    for (int i = 0; i < ns3c_node_count(self->network); i++)
        LEAD_TRY(lead_topology_add_node(self->topology, ns3c_node_name(self->network, i), NULL));
    for (int i = 0; i < ns3c_link_count(self->network); i++) {
        ns3c_link about;
        LEAD_TRY(ns3c_link_get(self->network, i, &about));
        lead_link link = {about.source,
                          about.destination,
                          about.rate,
                          about.delay,
                          0,
                          ns3c_link_is_up(self->network, i),
                          0};
        LEAD_TRY(lead_topology_add_link(self->topology, link, NULL));
    }
    self->n = lead_topology_node_count(self->topology);
    self->m = lead_topology_link_count(self->topology);
    return LEAD_OK;
}

static lead_status make_controller(lead_attachment *self) {
    lead_policy policy = self->scenario->policies[0];
    lead_tm_series *history;
    LEAD_TRY(lead_load_tunnels(&policy, self->topology, &self->tunnels));
    LEAD_TRY(lead_tm_series_alloc(self->n, NULL, &history));
    policy.te_options.tunnels = self->tunnels;
    LEAD_TRY(
        lead_controller_alloc(self->topology, &policy, history, self->step, &self->controller));
    lead_warn_of_short_history(&policy, self->controller, 0, INT_MAX, "");
    return LEAD_OK;
}

/* Links that the program took down or up since the last lap. */
static lead_status tell_links(lead_attachment *self) {
    for (int e = 0; e < self->m; e++) {
        bool up = ns3c_link_is_up(self->network, e);
        if (up == lead_topology_link(self->topology, e)->up)
            continue;
        LEAD_TRY(lead_lap_set_up(&self->lap, e, up));
    }
    return LEAD_OK;
}

static double passed(const uint64_t *after, const uint64_t *before, int index) {
    return (double)(after[index] - before[index]);
}

/* Bytes that a node put on its links beyond those that came by its links and went on, and beyond
 * those that are counted as its own: from whoever is behind it without an address of its networks.
 */
static double unexplained(const lead_attachment *self, int node, double *sent) {
    const lead_counters *before = self->lap.before, *after = self->lap.after;
    double own = 0;
    *sent = 0;
    for (int e = 0; e < self->m; e++) {
        const lead_link *link = lead_topology_link(self->topology, e);
        double carried = passed(after->link_bytes, before->link_bytes, e);
        if (link->source == node) {
            *sent += carried;
            own += carried + passed(after->link_dropped, before->link_dropped, e);
        }
        own -= link->destination == node ? carried : 0;
    }
    for (int other = 0; other < self->n; other++) {
        own += passed(after->od_delivered, before->od_delivered, other * self->n + node);
        own -= passed(after->od_offered, before->od_offered, node * self->n + other);
    }
    return own;
}

/* Says once that the links carry what no pair of nodes sends. Some of what a node sends is on its
 * way, so a fifth may be missing. */
static void warn_of_unexplained(lead_attachment *self) {
    double seconds = self->scenario->engine_options.simulated, sent;
    for (int i = 0; i < self->n && !self->warned; i++) {
        double own = unexplained(self, i, &sent);
        if (own < 0.2 * sent || own < 10000)
            continue;
        lead_log(LEAD_LOG_WARNING,
                 "epoch %d: %.3g of the %.3g Mbit/s that node %s sends are no node's: they come "
                 "from hosts behind it that have no address of its own networks, or of several "
                 "routers' network; these are not in the traffic matrix, and routes do not follow "
                 "them",
                 self->epoch, 8e-6 * own / seconds, 8e-6 * sent / seconds,
                 lead_topology_node_name(self->topology, i));
        self->warned = true;
    }
}

static lead_status on_epoch_end(void *data);

/* What was decided is in force from now on, and the epoch's end is an event to come. */
static lead_status begin_epoch(lead_attachment *self) {
    LEAD_TRY(lead_ns3_install(self->network, self->lap.routing, NULL));
    return ns3c_schedule(self->network, self->scenario->engine_options.simulated, on_epoch_end,
                         self);
}

static lead_status on_epoch_end(void *data) {
    lead_attachment *self = data;
    lead_epoch_record row = {.epoch = self->epoch,
                             .time = self->epoch * self->step,
                             .optimum = NAN,
                             .disconnected = NAN};
    LEAD_TRY(lead_ns3_read(self->network, 1, self->lap.after));
    LEAD_TRY(tell_links(self));
    row.network_changed = self->lap.changed_count > 0;
    LEAD_TRY(lead_lap_close(&self->lap, NULL, &row));
    warn_of_unexplained(self);
    LEAD_TRY(lead_lap_decide(&self->lap, row.time, NULL));
    self->epoch++;
    return begin_epoch(self);
}

static lead_status start(lead_attachment *self, const char *folder) {
    LEAD_TRY(adopt_network(self));
    LEAD_TRY(make_controller(self));
    if (folder)
        LEAD_TRY(lead_recorder_alloc(folder, self->topology, &self->recorder));
    if (folder && lead_controller_detector(self->controller))
        LEAD_TRY(lead_recorder_open_anomalies(self->recorder, 0, self->step));
    LEAD_TRY(lead_lap_alloc(self->topology, self->controller, self->recorder,
                            self->scenario->policies[0].clock, &self->lap));
    LEAD_TRY(lead_ns3_read(self->network, 1, self->lap.before));
    LEAD_TRY(lead_lap_begin(&self->lap));
    return begin_epoch(self);
}

lead_status lead_attach(const char *path, const char *folder, lead_attachment **out) {
    lead_attachment *self = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    LEAD_TRY_FREE(lead_scenario_read_attached(path, &self->scenario));
    self->step = (int64_t)llround(self->scenario->engine_options.epoch);
    LEAD_TRY_FREE(start(self, folder));
    *out = self;
    return LEAD_OK;
fail:
    attachment_free(self);
    return status;
}

lead_status lead_detach(lead_attachment *attachment) {
    if (!attachment)
        return LEAD_OK;
    lead_status status = ns3c_failure(attachment->network);
    if (status == LEAD_OK && attachment->epoch == 0)
        lead_log(LEAD_LOG_WARNING,
                 "no lap was made: the simulation ended before the first (time.simulated is %g s)",
                 attachment->scenario->engine_options.simulated);
    if (status == LEAD_OK)
        status = lead_lap_finish(&attachment->lap);
    attachment_free(attachment);
    return status;
}

#else

lead_status lead_attach(const char *path, const char *folder, lead_attachment **out) {
    (void)path, (void)folder, (void)out;
    return lead_fail(LEAD_UNAVAILABLE, "this build is without ns-3");
}

lead_status lead_detach(lead_attachment *attachment) {
    (void)attachment;
    return LEAD_OK;
}

#endif
