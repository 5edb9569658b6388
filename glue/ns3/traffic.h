// Traffic from a matrix: what a model must do, and the clock that all of them share.
#ifndef LEAD_NS3_TRAFFIC_H
#define LEAD_NS3_TRAFFIC_H

#include "flows/flow.h"
#include "ns3c.h"

#include "ns3/event-id.h"
#include "ns3/event-impl.h"
#include "ns3/ptr.h"

#include <memory>

struct ns3c_network;

namespace lead {

class Traffic {
  public:
    virtual ~Traffic() = default;
    // Sets the rate of every pair from tm[n * n], bit/s, checked.
    virtual void set(const double *tm) = 0;
    // Writes the flow statistics; false when the model has no flows.
    virtual bool flows(ns3c_flow_statistics *) {
        return false;
    }
};

std::unique_ptr<Traffic> make_udp(ns3c_network &network, const ns3c_traffic &options);
std::unique_ptr<Traffic> make_tcp(ns3c_network &network, const ns3c_traffic &options);

// One pending event at most, moved at will; one object serves all its firings, so that a packet
// costs no allocation here.
class Alarm {
  public:
    virtual ~Alarm() = default;

  protected:
    // Calls ring() at `nanoseconds` of simulated time (not before now); a call that was due is
    // dropped. An alarm that is not rung again stays silent.
    void set_alarm(double nanoseconds);
    void clear_alarm();
    virtual void ring() = 0;

  private:
    class Event;
    void schedule();
    void arrive();
    ns3::Ptr<ns3::EventImpl> event_;
    ns3::EventId id_;
    double time_ = 0;     // ns
    bool due_ = false;    // an event of ours is pending
    bool at_time_ = true; // and it is at time_, not on the way there
};

// Ticks at a rate, with gaps of one tick on average that a subclass draws. A change of the rate
// stretches what is left of the gap; rate 0 keeps it.
class Ticker : public Alarm {
  public:
    explicit Ticker(uint64_t seed) : random_{seed} {}
    void set_rate(double ticks_per_nanosecond);

  protected:
    virtual double first_gap() = 0; // in ticks
    virtual double next_gap() = 0;
    virtual void tick() = 0;
    Random random_;

  private:
    void ring() final;
    double rate_ = 0;  // ticks per ns
    double left_ = -1; // ticks to go while the rate is 0; negative before the first start
    double next_ = 0;  // ns
};

// Pareto distribution on [low, 1000 low] with a given mean.
class BoundedPareto {
  public:
    BoundedPareto() = default;
    BoundedPareto(double mean, double shape);
    double draw(Random &random) const {
        return quantile(random.uniform(), shape_);
    }
    // What is left of an interval at a random moment: a uniform part of a length-biased draw.
    double draw_rest(Random &random) const {
        return quantile(random.uniform(), shape_ - 1) * random.uniform();
    }

  private:
    double quantile(double u, double shape) const;
    double low_ = 1, shape_ = 2;
};

// The stream of a pair's draws.
uint64_t pair_seed(const ns3c_network &network, int source, int destination);

} // namespace lead

#endif
