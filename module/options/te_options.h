/* The options of TE algorithms: members of lead_te_options. */
#ifndef LEAD_OPTIONS_TE_OPTIONS_H
#define LEAD_OPTIONS_TE_OPTIONS_H

#include "options/option.h"
#include <lead/te.h>

#define LEAD_TE_OPTIONS(X)                                                                         \
    X(weights, weight_rule, WORD, 0, 0, 0, "default, file, inverse-capacity, unit",                \
      "ecmp, weights, paths, robust, sr, oblivious, smore", false,                                 \
      "the file's, and inverse capacity where it has none at all",                                 \
      "of shortest paths, and where `weights` starts")                                             \
    X(objective, objective, WORD, 0, 0, 0, "default, mlu, phi, mlu-phi", "mcf, weights", false,    \
      "`mlu`; `weights`: `mlu-phi`",                                                               \
      "`mlu`, `phi` (the piecewise-linear cost of Fortz and Thorup), `mlu-phi` (least Phi at the " \
      "least MLU)")                                                                                \
    X(method, method, WORD, 0, 0, 0, "program, search", "sr", false, "`program`",                  \
      "a linear program; or `search`: one intermediate node a pair, for `evaluations` moves or a " \
      "`time_limit`")                                                                              \
    X(time_limit, time_limit, TIME, 1e-9, 1e6, 0, "",                                              \
      "mcf, weights, paths, robust, sr, oblivious, smore", false, "none",                          \
      "of a plan with its set-up; the best so far is taken. Algorithms over paths look for them "  \
      "in half of it; past that a pair gets one")                                                  \
    X(threads, threads, WHOLE, 1, 1024, 0, "", "weights", true, "1",                               \
      "never changes a plan, unless a time limit ends it")                                         \
    X(gap, gap, REAL, 1e-6, 0.5, 0, "", "mcf", false, "0: exact",                                  \
      "relative gap to the optimum that is good enough; what is proven stands in the plan's "      \
      "`bound`")                                                                                   \
    X(evaluations, evaluation_limit, LONG, 1, 1e12, 0, "", "weights, sr", false,                   \
      "50,000, with a `time_limit` none; `sr`: 2,000,000", "changes tried")                        \
    X(max_weight, max_weight, WHOLE, 1, 65535, 0, "", "weights", false,                            \
      "30, or the largest in force", "weights are 1 to this")                                      \
    X(max_changes, max_changes, WHOLE, 1, 1e6, 0, "", "weights", false, "all",                     \
      "links whose weight may differ from the one in force, which is where the search starts")     \
    X(paths, paths, WHOLE, 1, 64, 0, "", "paths, robust, oblivious, smore", false,                 \
      "4; `oblivious`: all", "paths of an OD pair; `oblivious`: those of largest share")           \
    X(path_choice, path_choice, WORD, 0, 0, 0, "shortest, disjoint, oblivious", "paths, robust",   \
      false, "`shortest`",                                                                         \
      "`shortest` (Yen's k shortest), `disjoint` (sharing no link, least total length), "          \
      "`oblivious` (of largest share in that routing)")                                            \
    X(tunnels, tunnels_file, FILE, 0, 0, 0, "", "paths, robust", false, "none",                    \
      "a file of the paths that OD pairs may take, DOTE's and FIGRET's `tunnels.txt` "             \
      "([files.md](files.md)), in place of a `path_choice`; `paths` of a pair, the first ones, "   \
      "or where that is not stated all")                                                           \
    X(split_cap, split_cap, REAL, 1e-3, 1, 0, "", "paths, robust, smore", false, "none",           \
      "largest part of a pair on one path; pairs with fewer paths than that needs split evenly")   \
    X(plan_for, plan_for, WORD, 0, 0, 0, "default, mean, samples", "weights, robust", false,       \
      "`robust`: `samples`; `weights`: `mean`",                                                    \
      "each sample of the forecast, or their mean: the nominal plan")                              \
    X(cvar_weight, cvar_weight, REAL, 0, 1, 0, "", "weights, robust", false, "0: the mean",        \
      "the cost is (1 - weight) mean + weight CVaR(level) of the MLU over the samples")            \
    X(cvar_level, cvar_level, REAL, 0, 0.999, 0, "", "weights, robust", false, "0: the mean",      \
      "the level of that CVaR")                                                                    \
    X(scenarios, scenarios, WHOLE, 1, 1e6, 0, "", "weights, robust", false, "all",                 \
      "TMs, with probabilities, that are left of all samples (forward selection)")                 \
    X(moved_cost, moved_cost, REAL, 0, 1e6, 0, "", "paths, robust, smore", false, "none",          \
      "price of moving all traffic off the paths in force, in parts of the MLU of shortest paths") \
    X(moved_limit, moved_limit, REAL, 1e-6, 1, 0, "", "paths, robust, smore", false, "none",       \
      "largest part of the traffic that moves off the paths in force")                             \
    X(tie_break, tie_break, WORD, 0, 0, 0, "default, smooth, vertex, spread",                      \
      "mcf, paths, robust, smore", false, "`smooth`; `mcf`: `vertex`",                             \
      "which of about equally good plans: `smooth`, near to shortest paths and without jumps "     \
      "between forecasts that hardly differ, at most 1 % above the least cost; `spread`, as "      \
      "`smooth`, but near to all paths of a pair in proportion to their narrowest links, which "   \
      "leaves room for bursts and goes longer ways; or `vertex`, of least cost, where the "        \
      "simplex happens to end")                                                                    \
    X(survive, survive, WORD, 0, 0, 0, "nothing, links, groups",                                   \
      "mcf, weights, paths, robust, smore", false, "`nothing`",                                    \
      "`links`: least MLU after the failure of any one link (both directions), once its pairs' "   \
      "other paths have taken over (FFC); `groups`: of any link or risk group. `paths` goes with " \
      "`disjoint`; `mcf` plans over all paths there are; the cost of `weights` is that of the "    \
      "worst single failure, after routing has converged anew, and half of that without failure")

extern const lead_option_section lead_te_section;

#endif
