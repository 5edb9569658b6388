// Clocks and distributions of the traffic models; see traffic.h.
#include "traffic.h"

#include "network.h"

#include "ns3/simulator.h"

#include <cmath>

using namespace ns3;

namespace lead {

namespace {

// Events are not put further ahead than this, ns. A cancelled event stays in ns-3's list until its
// time (taking it out is linear there), so that slow sources whose rates change every epoch would
// pile them up.
constexpr double HORIZON = 1e9;

} // namespace

class Alarm::Event : public EventImpl {
  public:
    explicit Event(Alarm *owner) : owner_(owner) {}

  private:
    void Notify() override {
        owner_->arrive();
    }
    Alarm *owner_;
};

void Alarm::set_alarm(double nanoseconds) {
    clear_alarm();
    time_ = nanoseconds;
    schedule();
}

void Alarm::schedule() {
    if (!event_)
        event_ = Create<Event>(this);
    double delay = time_ - static_cast<double>(Simulator::Now().GetNanoSeconds());
    at_time_ = !(delay > HORIZON);
    int64_t rounded =
        at_time_ ? std::llround(std::fmax(delay, 0.0)) : static_cast<int64_t>(HORIZON);
    id_ = Simulator::Schedule(NanoSeconds(static_cast<uint64_t>(rounded)), event_);
    due_ = true;
}

void Alarm::arrive() {
    if (!at_time_) {
        schedule();
        return;
    }
    due_ = false;
    ring();
}

void Alarm::clear_alarm() {
    if (!due_)
        return;
    Simulator::Cancel(id_);
    event_ = nullptr; // a cancelled one cannot be used again
    due_ = false;
}

void Ticker::set_rate(double ticks_per_nanosecond) {
    double now = static_cast<double>(Simulator::Now().GetNanoSeconds());
    if (ticks_per_nanosecond == rate_)
        return;
    if (left_ < 0)
        left_ = first_gap();
    else if (rate_ > 0)
        left_ = std::fmax(next_ - now, 0.0) * rate_;
    rate_ = ticks_per_nanosecond;
    if (rate_ > 0) {
        next_ = now + left_ / rate_;
        set_alarm(next_);
    } else {
        clear_alarm();
    }
}

void Ticker::ring() {
    next_ += next_gap() / rate_;
    set_alarm(next_);
    tick();
}

BoundedPareto::BoundedPareto(double mean, double shape) : shape_(shape) {
    low_ =
        mean * (shape - 1) / shape * (1 - std::pow(1000, -shape)) / (1 - std::pow(1000, 1 - shape));
}

double BoundedPareto::quantile(double u, double shape) const {
    return low_ * std::pow(1 - u * (1 - std::pow(1000, -shape)), -1 / shape);
}

uint64_t pair_seed(const ns3c_network &network, int source, int destination) {
    std::string name = "ns3.pair." + std::to_string(source) + "." + std::to_string(destination);
    return lead_random_seed(network.seed, name.c_str());
}

} // namespace lead
