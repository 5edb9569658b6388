/* Synthetic TMs: members of lead_synthetic. */
#ifndef LEAD_OPTIONS_TRAFFIC_OPTIONS_H
#define LEAD_OPTIONS_TRAFFIC_OPTIONS_H

#include "options/option.h"
#include <lead/traffic.h>

#define LEAD_SYNTHETIC_OPTIONS(X)                                                                  \
    X(mean_total, mean_total, RATE, 0, 1e18, 3e9, "", "", false, "3 Gbit/s",                       \
      "of the TM's total over a week, without bursts")                                             \
    X(gravity_sigma, gravity_sigma, REAL, 0, 5, 1, "", "", false, "",                              \
      "of the nodes' log-normal masses")                                                           \
    X(daily_swing, daily_swing, REAL, 0, 1, 0.4, "", "", false, "", "the day's cycle is 1 ± this") \
    X(weekend, weekend, REAL, 0, 10, 0.7, "", "", false, "", "factor on Saturday and Sunday")      \
    X(noise_sigma, noise_sigma, REAL, 0, 3, 0.25, "", "", false, "",                               \
      "of the log-normal AR(1) noise of an OD pair")                                               \
    X(noise_memory, noise_memory, REAL, 0, 0.9999, 0.9, "", "", false, "",                         \
      "the coefficient of that process for one epoch")                                             \
    X(burst_rate, burst_rate, REAL, 0, 1e4, 0.05, "", "", false, "", "bursts per OD pair and day") \
    X(burst_shape, burst_shape, REAL, 1.01, 100, 1.5, "", "", false, "",                           \
      "Pareto shape of a burst's factor")                                                          \
    X(burst_steps, burst_steps, REAL, 1, 1e6, 4, "", "", false, "",                                \
      "mean length of a burst in epochs")                                                          \
    X(seed, seed, SEED, 0, 9007199254740992.0, 1, "", "", false, "", "of the TMs")

extern const lead_option_section lead_synthetic_section;

#endif
