/* What else a scenario says: members of lead_scenario and of its policies. */
#ifndef LEAD_OPTIONS_SCENARIO_OPTIONS_H
#define LEAD_OPTIONS_SCENARIO_OPTIONS_H

#include "options/option.h"
#include <lead/scenario.h>

#define LEAD_SCENARIO_OPTIONS(X)                                                                   \
    X(name, name, OWN, 0, 0, 0, "", "", false, "needed",                                           \
      "letters, digits, `. _ + -`; the default output folder is out/NAME")                         \
    X(engine, engine, OWN, 0, 0, 0, "ns3, fluid", "", false, "`ns3`",                              \
      "`ns3` (packets) or `fluid` (loads, losses and M/M/1/K delays; thousands of epochs a "       \
      "second)")                                                                                   \
    X(reconvergence, reconvergence, TIME, 0, 1e9, 1, "", "", false, "1 s",                         \
      "after a link or node fails, traffic goes around it by the routing's own rule: by shortest " \
      "paths after the routing protocol's time, as here, or after local repair's (`50 ms`)")       \
    X(seed, seed, SEED, 0, 9007199254740992.0, 1, "", "", false, "", "decides every random draw")  \
    X(record, record, WORD, 0, 0, 1, "tables, traffic, samples", "", false, "`traffic`",           \
      "`tables`: CSV files alone; `traffic`: with them tm.h5: the TMs as sent and as measured, "   \
      "and the forecasts' quantiles; `samples`: with the samples. `lead whatif` and `lead test` "  \
      "take `tables` for `traffic`")                                                               \
    X(watchdog, watchdog, TIME, 0, 1e9, 600, "", "", false, "10 min",                              \
      "a policy's lap, or its start, that takes longer ends the policy; 0: any time")              \
    X(memory, memory, SIZE, 1e6, 1e18, 0, "", "", false, "three quarters of what is free",         \
      "that a policy may take (`4 GB`)")

#define LEAD_PLANS_OPTIONS(X)                                                                      \
    X(plans, plans, WORD, 0, 0, 0, "none, changes", "", false, "`none`",                           \
      "`changes`: plans.csv of each policy, the routing in force wherever it is another one than " \
      "before, as `lead te --out` writes it")

#define LEAD_DETECT_OPTIONS(X)                                                                     \
    X(level, level, REAL, 0, 0.5, 1e-3, "", "", false, "",                                         \
      "an anomaly is on when the network-wide tail probability of an epoch is below this; 0: "     \
      "there are none, and no anomalies.csv")                                                      \
    X(quiet, quiet, WHOLE, 1, 100000, 3, "", "", false, "",                                        \
      "it is over after so many epochs in a row that are not")

#define LEAD_TOPOLOGY_OPTIONS(X)                                                                   \
    X(file, capacity, OWN, 0, 0, 0, "", "", false, "needed",                                       \
      "`.yaml` (ours), `.csv`, `.graph` (REPETITA), `.xml` (SNDlib), `.graphml`, `.gml`, "         \
      "`.json` (Topology Zoo, topohub and others): [files.md](files.md)")                          \
    X(capacity, capacity, RATE, 1, 1e18, 0, "", "", false, "such links are an error",              \
      "of links that state none; one that is stated and cannot be read is an error")               \
    X(unit, unit, UNIT, 1e-300, 1e300, 0, "", "", false, "the format's or the file's own",         \
      "what 1 means in capacities without a unit (`Mbit/s`), for `.xml`, `.graph`, `.graphml`, "   \
      "`.gml`, `.json`")                                                                           \
    X(directions, directions, WORD, 0, 0, 0, "file, both, one-way", "", false, "`file`",           \
      "`both`: every edge of the file is a cable of both directions; `one-way`: it is one "        \
      "directed link (`.xml`, `.graphml`, `.gml`, `.json`); `file`: as the file says")

#define LEAD_TM_OPTIONS(X)                                                                         \
    X(file, tm_file, FILE, 0, 0, 0, "", "", false, "needed",                                       \
      "`.csv`, `.csv.gz` (`time,A>A,A>B,...` or `time,src,dst,value`; kbit/s), `.demands` "        \
      "(REPETITA, kbit/s), `.xml` or a folder of them (SNDlib), `.hist` or a folder with "         \
      "`train/` and `test/` (DOTE, FIGRET): [files.md](files.md)")                                 \
    X(unit, unit, UNIT, 1e-300, 1e300, 0, "", "", false, "the format's own",                       \
      "`kbit/s`, `Mbit/s`, `MB/s`, `100 kbit/s`: what 1 in the file means")                        \
    X(start, start, MOMENT, 0, 0, -9223372036854775808.0, "", "", false, "the file's first TM",    \
      "the first epoch")                                                                           \
    X(epochs, epochs, WHOLE, 1, 1e7, 0, "", "", false, "to its end",                               \
      "how many, from `start` on; each must be in the file")                                       \
    X(aggregate, aggregate, WORD, 0, 0, 0, "no, mean", "", false, "the steps must be equal",       \
      "`mean`: an epoch's TM is the mean of the file's, whose step is a part of the epoch; an "    \
      "epoch that lacks one is missing")                                                           \
    X(suspect, suspect_file, FILE, 0, 0, 0, "", "", false, "none",                                 \
      "a CSV file with a `time` column: TMs that are taken for missing")                           \
    X(history, history, WHOLE, 0, 1e7, 4032, "", "", false, "",                                    \
      "TMs before `start` that the policies know when the run begins")

#define LEAD_SPAN_OPTIONS(X)                                                                       \
    X(start, start, MOMENT, 0, 0, 1090281600, "", "", false, "2004-07-20", "the first epoch")      \
    X(epochs, epochs, WHOLE, 1, 1e7, 288, "", "", false, "", "how many")                           \
    X(history, history, WHOLE, 0, 1e7, 4032, "", "", false, "",                                    \
      "TMs before `start` that the policies know when the run begins")

#define LEAD_LOAD_OPTIONS(X)                                                                       \
    X(optimal_mlu_peak, load_peak, REAL, 1e-6, 100, 0, "", "", false, "as the TMs are",            \
      "demands are scaled so that the best possible routing's MLU is this in the busiest epoch, "  \
      "without the events")                                                                        \
    X(factor, load_factor, REAL, 1e-12, 1e12, 1, "", "", false, "", "or by this factor")

#define LEAD_POLICY_OPTIONS(X)                                                                     \
    X(name, name, OWN, 0, 0, 0, "", "", false, "needed",                                           \
      "its folder; letters, digits, `. _ + -`, and no file's that a run writes")                   \
    X(budget, budget, TIME, 1e-6, 1e6, 0, "", "", false, "none",                                   \
      "wall-clock time of a lap; a late forecast or plan is not used. A run with it is not "       \
      "reproducible")

#define LEAD_CHOICE_OPTIONS(X)                                                                     \
    X(algorithm, te, OWN, 0, 0, 0, "ecmp, mcf, weights, paths, robust, sr, oblivious, smore", "",  \
      false, "needed", "what plans, see below")                                                    \
    X(every, every, WHOLE, 1, 100000, 1, "", "", false, "",                                        \
      "epochs that a plan is for: made from forecasts of so many steps, all samples of all steps " \
      "together, and kept so long; a change of links ends it")

#define LEAD_WHEN_OPTIONS(X)                                                                       \
    X(gain, gain, REAL, 0, 1, 0, "", "", false, "take every plan",                                 \
      "take a new plan only if it lowers the mean MLU of the TMs planned for by this fraction")    \
    X(surprise, surprise, REAL, 0, 0.5, 0, "", "", false, "when `every` says",                     \
      "make a plan also after an epoch whose network-wide tail probability under its forecast is " \
      "below this: `1e-3`")

#define LEAD_MODEL_OPTIONS(X)                                                                      \
    X(model, predictor, OWN, 0, 0, 0,                                                              \
      "last, mean, ewma, seasonal, nlinear, nlinear-day, oracle, noisy-oracle, auto, lead, "       \
      "torchscript",                                                                               \
      "", false, "needed", "what forecasts")

#define LEAD_MEASURE_OPTIONS(X)                                                                    \
    X(from, estimator, OWN, 0, 0, 0, "od-counters, gravity, tomogravity, minimum-kl, state-space", \
      "", false, "`od-counters`",                                                                  \
      "what the controller learns of the traffic, for all policies or in one")

/* Read by the study that they are of (study/variants/), since their keys are free. */
#define LEAD_VARIANT_OPTIONS(X)                                                                    \
    X(name, name, OWN, 0, 0, 0, "", "", false, "needed, but for a grid", "what tables call it")    \
    X(set, name, OWN, 0, 0, 0, "", "", false, "nothing",                                           \
      "other values of keys by their paths: `{ policies.lead.te.moved_cost: 0.1 }`")               \
    X(events, name, OWN, 0, 0, 0, "", "", false, "none",                                           \
      "more events, each as in the scenario's `events`")                                           \
    X(grid, name, OWN, 0, 0, 0, "", "", false, "none",                                             \
      "instead of the others: all combinations of the values of keys, `{ "                         \
      "policies.lead.te.moved_cost: [0, 0.1], traffic.load.factor: [1, 1.2] }`, a variant each")

extern const lead_option_section lead_scenario_section, lead_topology_section, lead_tm_section,
    lead_span_section, lead_load_section, lead_policy_section, lead_choice_section,
    lead_when_section, lead_model_section, lead_measure_section, lead_variant_section,
    lead_plans_section, lead_detect_section;

/* All sections there are, in the order of a scenario; the last is NULL. */
extern const lead_option_section *const lead_option_sections[];

#endif
