// Traffic models and counters: loads against the fluid ones, mean rates, delays against queueing
// theory, queues' accounts, and that a run is a function of its seed.
#include "check.h"

#include <algorithm>
#include <malloc.h>

namespace {

using std::size_t;

// Gravity-like, with every pair active; `total` bit/s.
std::vector<double> gravity(int n, double total) {
    std::vector<double> tm(static_cast<size_t>(n * n), 0.0);
    double sum = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            if (i != j)
                sum += tm[static_cast<size_t>(i * n + j)] = (1 + i * 7 % 5) * (1 + j * 3 % 4);
    for (double &rate : tm)
        rate *= total / sum;
    return tm;
}

// Utilisations over `seconds` after a warm-up, against the fluid loads: relative error of every
// link that matters.
void compare_with_fluid(const lead_topology *topology, const lead_routing *routing,
                        const char *model, int flows, double seconds, double tolerance,
                        const char *what) {
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    std::vector<double> tm = gravity(n, 1.5e8), loads(static_cast<size_t>(m));
    MUST(lead_routing_loads(routing, tm.data(), loads.data()));
    ns3c_network *network = make_network(topology);
    install(network, routing);
    start_traffic(network, model, 500, flows);
    MUST(ns3c_traffic_set(network, tm.data()));
    MUST(ns3c_run(network, 0.1));
    Reading before(network);
    MUST(ns3c_run(network, seconds));
    Reading after(network);
    double worst = 0, largest = *std::max_element(loads.begin(), loads.end());
    for (size_t i = 0; i < loads.size(); i++) {
        double carried =
            static_cast<double>(after.link_bytes[i] - before.link_bytes[i]) * 8 / seconds;
        CHECK(after.link_dropped[i] == 0, "link %zu dropped %llu bytes", i,
              (unsigned long long)after.link_dropped[i]);
        if (loads[i] > 0.02 * largest)
            worst = std::max(worst, std::fabs(carried / loads[i] - 1));
        else
            CHECK_NEAR(carried, loads[i], 0.002 * largest, "load of a quiet link");
    }
    CHECK(worst <= tolerance, "%s: worst link is %.4f off its fluid load", what, worst);
    std::printf("     %s: worst link is %.4f off its fluid load\n", what, worst);
    ns3c_network_free(network);
}

void loads_on_single_paths() {
    lead_topology *topology = abilene();
    lead_routing *routing = ecmp(topology);
    compare_with_fluid(topology, routing, "cbr", 64, 2, 0.02, "cbr, single paths");
    compare_with_fluid(topology, routing, "poisson", 64, 10, 0.05, "poisson, single paths");
    lead_routing_free(routing);
    lead_topology_free(topology);
}

// Uneven splits: every link that comes nearer by hops, and with a smaller part those that stay as
// far and lead to a lower number.
void loads_on_split_paths() {
    lead_topology *topology = abilene();
    size_t m = static_cast<size_t>(lead_topology_link_count(topology));
    lead_routing *routing;
    MUST(lead_routing_alloc(topology, &routing));
    int split = 0;
    for (int t = 0; t < lead_topology_node_count(topology); t++) {
        std::vector<double> unit(m, 1.0), distance(12), splits(m, 0.0);
        MUST(lead_distances_to(topology, unit.data(), t, distance.data()));
        for (size_t i = 0; i < m; i++) {
            const lead_link *link = lead_topology_link(topology, static_cast<int>(i));
            double near = distance[static_cast<size_t>(link->source)];
            double far = distance[static_cast<size_t>(link->destination)];
            if (link->source != t &&
                (far < near || (far == near && link->destination < link->source))) {
                splits[i] = far < near ? 1 : 0.6;
                split += far == near;
            }
        }
        MUST(lead_routing_set(routing, t, splits.data()));
    }
    CHECK(split > 10, "only %d uneven splits", split);
    compare_with_fluid(topology, routing, "cbr", 256, 5, 0.05,
                       "cbr, split paths, 256 flows a pair");
    lead_routing_free(routing);
    lead_topology_free(topology);
}

struct Line {
    lead_topology *topology = nodes_only(3);
    lead_routing *routing = nullptr;
    ns3c_network *network = nullptr;

    explicit Line(const Spec &spec, int mtu = 1500) {
        connect(topology, 0, 1, 1e9, 1e-3);
        connect(topology, 1, 2, spec.rate, spec.delay);
        routing = ecmp(topology);
        network = make_network(topology, spec, 1, mtu);
        install(network, routing);
    }
    ~Line() {
        ns3c_network_free(network);
        lead_routing_free(routing);
        lead_topology_free(topology);
    }
    void offer(double rate) {
        double tm[9] = {0, 0, rate};
        MUST(ns3c_traffic_set(network, tm));
    }
};

void mean_rates() {
    const char *const models[] = {"cbr", "poisson", "pareto"};
    const double tolerance[] = {0.001, 0.01,
                                0.05}; // of 80,000 packets; Pareto: heavy tails of 20 flows
    for (size_t i = 0; i < 3; i++) {
        Line line(Spec{});
        start_traffic(line.network, models[i], 500, 20);
        line.offer(8e6);
        MUST(ns3c_run(line.network, 40));
        Reading reading(line.network);
        CHECK_NEAR(static_cast<double>(reading.od_offered[2]) / 4e7, 1, tolerance[i], models[i]);
        CHECK(reading.od_delivered[2] + 500 * 40 > reading.od_offered[2],
              "%s: %llu of %llu delivered", models[i], (unsigned long long)reading.od_delivered[2],
              (unsigned long long)reading.od_offered[2]);
        // Burstiness, as the models are meant: variance of counts over mean in windows of 0.1 s.
        double sum = 0, squares = 0;
        uint64_t last = reading.od_offered[2];
        for (int window = 0; window < 300; window++) {
            MUST(ns3c_run(line.network, 0.1));
            Reading now(line.network);
            double packets = static_cast<double>(now.od_offered[2] - last) / 500;
            last = now.od_offered[2];
            sum += packets;
            squares += packets * packets;
        }
        double mean = sum / 300, dispersion = (squares / 300 - mean * mean) / mean;
        std::printf("     %s: mean rate %.4f of the asked, index of dispersion %.2f\n", models[i],
                    static_cast<double>(reading.od_offered[2]) / 4e7, dispersion);
        if (i == 0)
            CHECK(dispersion < 0.01, "cbr: %g", dispersion);
        if (i == 1)
            CHECK_NEAR(dispersion, 1, 0.35, "poisson");
        if (i == 2)
            CHECK(dispersion > 2, "pareto: %g", dispersion);
    }
}

void rates_follow_the_matrix() {
    Line line(Spec{});
    start_traffic(line.network, "cbr", 500, 3);
    uint64_t before = 0;
    const double rates[] = {4e6, 8e6, 0, 2e6, 4e3, 4e6};
    for (double rate : rates) {
        line.offer(rate);
        MUST(ns3c_run(line.network, 1));
        Reading reading(line.network);
        // Phases go on, so no epoch is more than a packet off.
        CHECK_NEAR(static_cast<double>(reading.od_offered[2] - before), rate / 8, 500,
                   "bytes of an epoch");
        before = reading.od_offered[2];
    }
    // Many changes within one gap: the phase still goes on.
    for (int i = 0; i < 1000; i++) {
        line.offer(i % 2 ? 4e6 : 2e6);
        MUST(ns3c_run(line.network, 1e-4));
    }
    Reading reading(line.network);
    CHECK_NEAR(static_cast<double>(reading.od_offered[2] - before), 3e6 / 8 * 0.1, 500,
               "after many changes");
}

void delay_without_load() {
    Line line(Spec{1e7, 20e-3});
    start_traffic(line.network, "cbr", 1000, 4);
    line.offer(8e4);
    MUST(ns3c_run(line.network, 5));
    Reading reading(line.network);
    double expected = 1e-3 + 20e-3 + 1002 * 8 / 1e9 + 1002 * 8 / 1e7; // PPP adds two bytes
    CHECK_NEAR(reading.od_delay_mean[2], expected, 1e-8, "mean delay");
    CHECK_NEAR(reading.od_delay_p99[2], expected, 0.016 * expected, "p99 delay");
    CHECK_NEAR(reading.counters.delay_mean, expected, 1e-8, "mean delay of the network");
    CHECK(std::isnan(reading.od_delay_mean[1]), "a delay of a silent pair: %g",
          reading.od_delay_mean[1]);
    Reading again(line.network);
    CHECK(std::isnan(again.od_delay_mean[2]) && std::isnan(again.counters.delay_p99),
          "delays were not started anew");
}

// M/D/1: mean wait = rho / (2 (1 - rho)) services; the 99 % quantiles of the wait come from
// Erlang's (1909) P(W <= t) = (1 - rho) sum_{k <= t} e^(-rho (k - t)) (rho (k - t))^k / k!.
void delay_of_a_single_server() {
    double service = 1002 * 8 / 1e7;
    for (double load : {0.5, 0.7}) {
        Line line(Spec{1e7, 0.0, "fifo", 100000, 0});
        start_traffic(line.network, "poisson", 1000, 100);
        line.offer(load * 1000 * 8 / service);
        MUST(ns3c_run(line.network, 10));
        Reading warm(line.network);
        MUST(ns3c_run(line.network, 200));
        Reading reading(line.network);
        double wait = (reading.od_delay_mean[2] - 1e-3 - 1002 * 8 / 1e9 - service) / service;
        CHECK_NEAR(wait, load / (2 * (1 - load)), 0.05 * load / (2 * (1 - load)),
                   "mean wait of M/D/1 in services");
        double p99 = (reading.od_delay_p99[2] - 1e-3 - 1002 * 8 / 1e9 - service) / service;
        std::printf("     M/D/1 at load %.1f: mean wait %.3f services (theory %.3f), p99 %.2f\n",
                    load, wait, load / (2 * (1 - load)), p99);
        double expected = load == 0.7 ? 6.485 : 3.336;
        CHECK_NEAR(p99, expected, 0.08 * expected, "p99 wait of M/D/1 in services");
    }
}

void queue_accounts(const char *queue, int packets, int bytes, double least_loss,
                    double most_loss) {
    Line line(Spec{1e7, 1e-3, queue, packets, bytes});
    start_traffic(line.network, "poisson", 1000, 50);
    line.offer(1.2e7);
    MUST(ns3c_run(line.network, 10));
    line.offer(0);
    MUST(ns3c_run(line.network, 5));
    Reading reading(line.network);
    uint64_t offered = reading.od_offered[2], sent = reading.link_bytes[2],
             dropped = reading.link_dropped[2];
    CHECK(reading.link_bytes[0] == offered, "first link: %llu of %llu",
          (unsigned long long)reading.link_bytes[0], (unsigned long long)offered);
    CHECK(sent + dropped == offered, "%s: sent %llu + dropped %llu != offered %llu", queue,
          (unsigned long long)sent, (unsigned long long)dropped, (unsigned long long)offered);
    CHECK(reading.od_delivered[2] == sent, "%s: delivered %llu", queue,
          (unsigned long long)reading.od_delivered[2]);
    double loss = static_cast<double>(dropped) / static_cast<double>(offered);
    CHECK(loss >= least_loss && loss <= most_loss, "%s: loss %g not in %g..%g", queue, loss,
          least_loss, most_loss);
    double busy = 1e7 / 8 * 1000 / 1002; // bytes per second of a link that is always busy
    CHECK(static_cast<double>(sent) <= busy * 10.5, "%s: sent more than the link can", queue);
    std::printf("     %s of %d packets, %d bytes: loss %.4f, mean delay %.1f ms\n", queue, packets,
                bytes, loss, reading.od_delay_mean[2] * 1e3);
    // In the middle of a busy period, what is queued is in neither counter.
    line.offer(1.2e7);
    MUST(ns3c_run(line.network, 5));
    Reading busy_reading(line.network);
    uint64_t missing =
        busy_reading.link_bytes[0] - busy_reading.link_bytes[2] - busy_reading.link_dropped[2];
    uint64_t most = static_cast<uint64_t>(packets ? packets * 1000 : bytes) + 2000 +
                    2000; // on the wire, in service
    CHECK(missing <= most, "%s: %llu bytes are nowhere", queue, (unsigned long long)missing);
}

void queues() {
    queue_accounts("fifo", 50, 0, 0.15, 0.2);
    queue_accounts("fifo", 0, 50000, 0.15, 0.2);
    queue_accounts("red", 50, 0, 0.15, 0.25);
    queue_accounts("red", 0, 50000, 0.15, 0.25);
    queue_accounts("codel", 500, 0, 0.1, 0.25);
    queue_accounts("codel", 0, 500000, 0.1, 0.25);
}

// A limit in bytes is one of IP packets: a queue of 3,000 bytes has room for three of 1,000.
void bytes_of_a_queue() {
    for (const char *queue : {"fifo", "red", "codel"}) {
        Line line(Spec{1e4, 1e-3, queue, 0, 3000});
        start_traffic(line.network, "cbr", 1000, 1);
        line.offer(8e6);
        MUST(ns3c_run(line.network, 0.1)); // one packet takes 0.8 s
        line.offer(0);
        MUST(ns3c_run(line.network, 10));
        Reading reading(line.network);
        // One in transmission, and for the discs one in the device's queue.
        uint64_t most = std::string(queue) == "fifo" ? 4000 : 5000;
        uint64_t least = std::string(queue) == "red" ? 3000 : most; // drops early
        CHECK(reading.od_delivered[2] >= least && reading.od_delivered[2] <= most,
              "%s: %llu bytes delivered, expected %llu..%llu", queue,
              (unsigned long long)reading.od_delivered[2], (unsigned long long)least,
              (unsigned long long)most);
    }
    Line line(Spec{1e7, 1e-3, "fifo", 0, 1000});
    start_traffic(line.network, "cbr", 1000, 1);
    line.offer(8e5);
    MUST(ns3c_run(line.network, 1));
    Reading reading(line.network);
    CHECK(reading.od_delivered[2] + 2000 >= reading.od_offered[2],
          "%llu of %llu bytes delivered by queues of one packet without load",
          (unsigned long long)reading.od_delivered[2], (unsigned long long)reading.od_offered[2]);
}

// What is queued when a link goes down is dropped, counted, and not sent later.
void queue_of_a_link_that_goes_down(const char *queue) {
    Line line(Spec{1e6, 1e-3, queue, 500, 0});
    start_traffic(line.network, "cbr", 1000, 50);
    line.offer(4e6);
    MUST(ns3c_run(line.network, 0.5));
    Reading before(line.network);
    MUST(ns3c_set_link(line.network, 2, false));
    Reading after(line.network);
    CHECK(after.link_dropped[2] > before.link_dropped[2] + 50000, "%s: %llu bytes dropped", queue,
          (unsigned long long)(after.link_dropped[2] - before.link_dropped[2]));
    line.offer(0);
    MUST(ns3c_run(line.network, 1));
    Reading end(line.network);
    CHECK(end.link_bytes[2] <= after.link_bytes[2] + 1000, "%s: sent while down", queue);
    CHECK(end.link_bytes[2] + end.link_dropped[2] + end.node_unrouted[1] == end.od_offered[2],
          "%s: %llu + %llu + %llu != %llu", queue, (unsigned long long)end.link_bytes[2],
          (unsigned long long)end.link_dropped[2], (unsigned long long)end.node_unrouted[1],
          (unsigned long long)end.od_offered[2]);
    MUST(ns3c_set_link(line.network, 2, true));
    line.offer(5e5);
    MUST(ns3c_run(line.network, 1));
    Reading repaired(line.network);
    CHECK_NEAR(static_cast<double>(repaired.link_bytes[2] - end.link_bytes[2]), 5e5 / 8, 2e3,
               queue);
}

void queues_of_links_that_go_down() {
    queue_of_a_link_that_goes_down("fifo");
    queue_of_a_link_that_goes_down("red");
    queue_of_a_link_that_goes_down("codel");
}

struct Fingerprint {
    std::vector<uint64_t> totals;
    std::vector<double> delays;
    double p99;
    bool operator==(const Fingerprint &other) const {
        return totals == other.totals && delays == other.delays && p99 == other.p99;
    }
};

Fingerprint run_once(const char *model, const char *queue, uint64_t seed,
                     bool through_stack = false) {
    lead_topology *topology = abilene(2e7);
    lead_routing *routing = ecmp(topology);
    ns3c_network *network = make_network(topology, Spec{0, 0, queue, 60, 0}, seed);
    install(network, routing);
    start_traffic(network, model, 1000, 8, through_stack);
    std::vector<double> tm = gravity(12, 1.2e8);
    MUST(ns3c_traffic_set(network, tm.data()));
    MUST(ns3c_run(network, 0.5));
    MUST(ns3c_set_link(network, 4, false));
    MUST(ns3c_run(network, 0.5));
    Reading reading(network);
    Fingerprint print;
    print.totals = reading.link_bytes;
    print.totals.insert(print.totals.end(), reading.link_dropped.begin(),
                        reading.link_dropped.end());
    print.totals.insert(print.totals.end(), reading.od_delivered.begin(),
                        reading.od_delivered.end());
    for (double delay : reading.od_delay_mean)
        print.delays.push_back(std::isnan(delay) ? -1 : delay);
    print.p99 = reading.counters.delay_p99;
    ns3c_network_free(network);
    lead_routing_free(routing);
    lead_topology_free(topology);
    return print;
}

void seeds() {
    const char *const models[] = {"cbr", "poisson", "pareto", "tcp"};
    const char *const queues[] = {"fifo", "red", "codel", "red"};
    for (size_t i = 0; i < 4; i++) {
        Fingerprint first = run_once(models[i], queues[i], 7),
                    second = run_once(models[i], queues[i], 7);
        CHECK(first == second, "%s, %s: one seed, two results", models[i], queues[i]);
        CHECK(!(first == run_once(models[i], queues[i], 8)),
              "%s, %s: another seed, the same result", models[i], queues[i]);
    }
}

// Slow sources whose rates change every epoch leave nothing behind; and their phases go on over
// many epochs.
void memory_does_not_grow() {
    lead_topology *topology = abilene();
    lead_routing *routing = ecmp(topology);
    ns3c_network *network = make_network(topology);
    install(network, routing);
    start_traffic(network, "cbr", 1000, 8);
    size_t early = 0, late = 0;
    for (int epoch = 0; epoch < 3000; epoch++) {
        std::vector<double> tm(144, epoch % 2 ? 80.0 : 100.0); // a packet in 90 s
        MUST(ns3c_traffic_set(network, tm.data()));
        install(network, routing);
        MUST(ns3c_run(network, 1));
        late = mallinfo2().uordblks;
        if (epoch == 999)
            early = late;
    }
    Reading reading(network);
    CHECK(late < early + 65536, "%zu bytes after 1,000 epochs, %zu after 3,000", early, late);
    for (size_t i = 0; i < 144; i++)
        if (i / 12 != i % 12)
            CHECK_NEAR(static_cast<double>(reading.od_offered[i]), 3000 * 90 / 8.0, 1000,
                       "bytes of a slow pair");
    ns3c_network_free(network);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

// Our short way through a router and ns-3's own give the same run, with losses and a failure in it.
void short_way_equals_the_stack() {
    for (const char *model : {"cbr", "poisson", "pareto"}) {
        Fingerprint fast = run_once(model, "fifo", 5), slow = run_once(model, "fifo", 5, true);
        CHECK(fast == slow, "%s: the two ways differ", model);
        uint64_t dropped = 0;
        for (size_t i = 30; i < 60; i++)
            dropped += fast.totals[i];
        CHECK(dropped > 0, "%s: nothing was dropped", model);
    }
}

// Devices count in 32 bits; ours go on after 4 GiB.
void counters_beyond_32_bits() {
    Line line(Spec{2e11, 1e-6, "fifo", 1000, 0}, 65535);
    start_traffic(line.network, "cbr", 60000, 1);
    line.offer(9.9e8);
    MUST(ns3c_run(line.network, 40));
    Reading reading(line.network);
    CHECK(reading.link_bytes[0] > (uint64_t{1} << 32), "%llu bytes",
          (unsigned long long)reading.link_bytes[0]);
    CHECK_NEAR(static_cast<double>(reading.link_bytes[0]),
               static_cast<double>(reading.od_offered[2]), 4e5, "bytes");
}

// They do so when every packet crosses a link many times, too.
void counters_in_a_loop() {
    for (bool through_stack : {false, true}) {
        Line line(Spec{1e13, 1e-6}, 65535);
        double loop[4] = {1, 1, 0, 0};
        const double *rows[3] = {nullptr, nullptr, loop};
        MUST(ns3c_install(line.network, rows, nullptr));
        start_traffic(line.network, "cbr", 60000, 1, through_stack);
        line.offer(60000 * 8 * 50.0);
        MUST(ns3c_run(line.network, 60));
        line.offer(0);
        MUST(ns3c_run(line.network, 1));
        Reading reading(line.network);
        double trips = static_cast<double>(reading.link_bytes[0] + reading.link_bytes[1]) /
                       static_cast<double>(reading.od_offered[2]);
        CHECK_NEAR(trips, 64, 0.1, "links a packet");
    }
}

} // namespace

int main() {
    TEST(loads_on_single_paths);
    TEST(loads_on_split_paths);
    TEST(mean_rates);
    TEST(rates_follow_the_matrix);
    TEST(delay_without_load);
    TEST(delay_of_a_single_server);
    TEST(queues);
    TEST(bytes_of_a_queue);
    TEST(queues_of_links_that_go_down);
    TEST(seeds);
    TEST(memory_does_not_grow);
    TEST(short_way_equals_the_stack);
    TEST(counters_beyond_32_bits);
    TEST(counters_in_a_loop);
    return finish();
}
