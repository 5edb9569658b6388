/* The options of TE algorithms as scenario files and `lead te` name them, and their ranges: one
 * list for both and for the C interface. */
#ifndef LEAD_TE_OPTIONS_H
#define LEAD_TE_OPTIONS_H

/* X(key, member of lead_te_options, kind, least, most or words); a new option is a member and a
 * row. Kinds: WORD (an enum whose values follow the words), TIME and REAL (double), WHOLE (int),
 * LONG (long). */
#define LEAD_TE_OPTION_LIST(X)                                                                     \
    X(weights, weight_rule, WORD, 0, 0, "default, file, inverse-capacity, unit")                   \
    X(objective, objective, WORD, 0, 0, "default, mlu, phi, mlu-phi")                              \
    X(method, method, WORD, 0, 0, "program, search")                                               \
    X(time_limit, time_limit, TIME, 1e-9, 1e6, "")                                                 \
    X(threads, threads, WHOLE, 1, 1024, "")                                                        \
    X(gap, gap, REAL, 1e-6, 0.5, "")                                                               \
    X(evaluations, evaluation_limit, LONG, 1, 1e12, "")                                            \
    X(max_weight, max_weight, WHOLE, 1, 65535, "")                                                 \
    X(max_changes, max_changes, WHOLE, 1, 1e6, "")                                                 \
    X(paths, paths, WHOLE, 1, 64, "")                                                              \
    X(path_choice, path_choice, WORD, 0, 0, "shortest, disjoint, oblivious")                       \
    X(split_cap, split_cap, REAL, 1e-3, 1, "")                                                     \
    X(plan_for, plan_for, WORD, 0, 0, "default, mean, samples")                                    \
    X(cvar_weight, cvar_weight, REAL, 0, 1, "")                                                    \
    X(cvar_level, cvar_level, REAL, 0, 0.999, "")                                                  \
    X(scenarios, scenarios, WHOLE, 1, 1e6, "")                                                     \
    X(moved_cost, moved_cost, REAL, 0, 1e6, "")                                                    \
    X(moved_limit, moved_limit, REAL, 1e-6, 1, "")                                                 \
    X(survive, survive, WORD, 0, 0, "nothing, links, groups")

#endif
