/* What an event may say: members of lead_event. */
#ifndef LEAD_OPTIONS_EVENT_OPTIONS_H
#define LEAD_OPTIONS_EVENT_OPTIONS_H

#include "options/option.h"
#include <lead/events.h>

#define LEAD_EVENT_OPTIONS(X)                                                                      \
    X(kind, kind, WORD, 0, 0, 0,                                                                   \
      "link-failure, link-repair, node-failure, node-repair, group-failure, group-repair, "        \
      "maintenance, capacity, burst, blackout, forecast-fault, plan-fault, reconvergence",         \
      "", false, "needed", "what happens, see below")                                              \
    X(epoch, epoch, WHOLE, 0, 1e7, -1, "", "", false, "or `at`",                                   \
      "when it begins: epochs from 0 on")                                                          \
    X(offset, offset, TIME, 0, 1e9, 0, "", "", false, "0 s", "time after that epoch's start")      \
    X(at, at, TEXT, 0, 0, 0, "", "", false, "or `epoch`",                                          \
      "when it begins: a time of day in UTC (`10:00`, the first one from the start on), a time "   \
      "(`2004-07-20T10:00Z`), or `random`, at the start of some epoch")                            \
    X(duration, duration, TIME, 1e-6, 1e12, 0, "",                                                 \
      "link-failure, node-failure, group-failure, maintenance, capacity, burst, blackout, "        \
      "forecast-fault, plan-fault, reconvergence",                                                 \
      false, "to the end of the run", "how long it lasts; of a burst, its top")                    \
    X(every, every, TIME, 1e-3, 1e12, 0, "", "", false, "once",                                    \
      "it comes again after so long, until the run ends: `24 h`")                                  \
    X(link, link, TEXT, 0, 0, 0, "", "link-failure, link-repair, maintenance, capacity, blackout", \
      false, "none", "`A-B`: both directions and all parallel links; or `random`")                 \
    X(node, node, TEXT, 0, 0, 0, "", "node-failure, node-repair, maintenance, blackout", false,    \
      "none", "a node; or `random`")                                                               \
    X(group, group, WHOLE, 1, 1e9, 0, "", "group-failure, group-repair, maintenance", false,       \
      "none", "links of one `risk_group` of the topology")                                         \
    X(pairs, pairs, TEXT, 0, 0, 0, "", "burst, blackout", false, "none",                           \
      "OD pairs: `A>B`, `A>*` (from a source), `*>B` (to a destination: many to one), `*` (all), " \
      "or `random` (one)")                                                                         \
    X(factor, factor, REAL, 1e-9, 1e9, 0, "", "burst, capacity", false, "none",                    \
      "of the pairs' demands at the top of the burst; of the link's capacity")                     \
    X(rate, rate, RATE, 1e-3, 1e18, 0, "", "burst", false, "none",                                 \
      "added at the top to the pairs together, in parts as their demands are")                     \
    X(capacity, capacity, RATE, 1, 1e18, 0, "", "capacity", false, "none",                         \
      "that the link has then, in each direction")                                                 \
    X(ramp, ramp, TIME, 0, 1e12, 0, "", "burst", false, "0 s",                                     \
      "time in which it rises to its top")                                                         \
    X(decay, decay, TIME, 0, 1e12, 0, "", "burst", false, "0 s", "time in which it falls")         \
    X(shape, shape, WORD, 0, 0, 0, "linear, exponential", "burst", false, "`linear`",              \
      "how it rises and falls; `exponential` is a flash crowd's: most of it at once")              \
    X(counters, counters, WORD, 0, 0, 0, "lost, late, wrapped, corrupted", "blackout", false,      \
      "`lost`", "no answer, the answer of the epoch before, the lower 32 bits, any number")        \
    X(share, share, REAL, 0, 1, 1, "", "blackout", false, "1",                                     \
      "probability that a counter is struck, drawn for each counter and epoch")                    \
    X(above, above, REAL, 0, 1e6, 0, "", "blackout", false, "0",                                   \
      "counters of links utilised so much or more alone; of pairs: with such a link at the "       \
      "source")                                                                                    \
    X(fault, fault, WORD, 0, 0, 0, "late, nan, crash", "forecast-fault, plan-fault", false,        \
      "`late`", "what becomes of the forecasts or plans that are made meanwhile")                  \
    X(policies, policies, TEXT, 0, 0, 0, "", "forecast-fault, plan-fault", false, "all",           \
      "whose: `lead, hedged`")                                                                     \
    X(delay, delay, TIME, 0, 1e9, -1, "", "reconvergence", false, "none",                          \
      "that `reconvergence` is for what fails meanwhile")

extern const lead_option_section lead_event_section;

#endif
