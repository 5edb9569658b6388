/* te: topology and (samples of) TMs -> routing. Knows nothing of where the TMs come from.
 *
 * Threads: as lead/base.h has it; a lead_te is used by one thread at a time, and several may have
 * one each over the same topology. With options.threads a plan starts threads of its own and waits
 * for them. */
#ifndef LEAD_TE_H
#define LEAD_TE_H

#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a plan makes small. */
typedef enum lead_te_objective {
    LEAD_TE_OBJECTIVE_DEFAULT, /* the algorithm's own */
    LEAD_TE_OBJECTIVE_MLU,
    LEAD_TE_OBJECTIVE_PHI,    /* lead_phi */
    LEAD_TE_OBJECTIVE_MLU_PHI /* lexicographic: MLU, then Phi */
} lead_te_objective;

/* Which paths an OD pair may take, for algorithms that plan over given paths. */
typedef enum lead_te_path_choice {
    LEAD_TE_PATHS_SHORTEST, /* k shortest without loops */
    LEAD_TE_PATHS_DISJOINT, /* k that share no link, as far as there are */
    LEAD_TE_PATHS_OBLIVIOUS /* those of the demand-oblivious routing */
} lead_te_path_choice;

/* What a plan is for when there are several samples. */
typedef enum lead_te_plan_for_what {
    LEAD_TE_PLAN_FOR_DEFAULT, /* the algorithm's own */
    LEAD_TE_PLAN_FOR_MEAN,    /* the mean of the samples ("nominal") */
    LEAD_TE_PLAN_FOR_SAMPLES  /* a functional of the cost over the samples */
} lead_te_plan_for_what;

/* Which failures a plan is to stand. */
typedef enum lead_te_survival {
    LEAD_TE_SURVIVE_NOTHING,
    LEAD_TE_SURVIVE_LINKS, /* the failure of any one link (both directions), after local repair */
    LEAD_TE_SURVIVE_GROUPS /* and of all links of any one risk group */
} lead_te_survival;

/* How a plan is found, for algorithms that know several ways. */
typedef enum lead_te_method {
    LEAD_TE_METHOD_PROGRAM, /* a linear program */
    LEAD_TE_METHOD_SEARCH   /* a local search */
} lead_te_method;

/* Which of the plans that are about equally good is taken. */
typedef enum lead_te_tie_break {
    LEAD_TE_TIE_BREAK_DEFAULT, /* the algorithm's own */
    LEAD_TE_TIE_BREAK_SMOOTH,  /* one that follows the data without jumps: nearest to shortest paths
                                  by least squares, its objective at most 1 % above the least */
    LEAD_TE_TIE_BREAK_VERTEX, /* where the simplex ends: the least objective, and which of its plans
                                 the last digit decides */
    LEAD_TE_TIE_BREAK_SPREAD  /* as SMOOTH, but nearest to every pair on all of its paths, in
                                 proportion to the capacity of their narrowest links: room for
                                 bursts that no sample shows, at the price of longer ways */
} lead_te_tie_break;

/* How an algorithm is set up. Zero everywhere is neutral; what an algorithm has no use for it
 * ignores. */
typedef struct lead_te_options {
    uint64_t seed;
    lead_weight_rule weight_rule; /* ecmp, and the start of weights */
    lead_te_objective objective;
    lead_te_method method; /* sr */
    double time_limit;     /* s; 0: none */
    int threads;           /* 0: one; never changes an answer but for where a time limit ends it */
    double gap;            /* mcf: relative gap to the optimum that is good enough; 0: exact */
    long evaluation_limit; /* weights, sr: routings or moves to evaluate; 0: the
                              default, with a time limit none */
    int max_weight;        /* weights: largest integer weight; 0: the default */
    int max_changes; /* weights: links whose weight may differ from the one in force; 0: all */
    int paths;       /* paths of an OD pair; 0: the default */
    lead_te_path_choice path_choice;
    const char *tunnels_file; /* where `tunnels` come from, for whoever reads it; NULL: elsewhere */
    const lead_routing *tunnels; /* paths, robust: the paths of each OD pair that plans may use, the
                                    first `paths` of them (0: all), whatever their shares; of the
                                    network's size, borrowed for the life of the state. A pair
                                    without one whose links are up takes its shortest path. NULL:
                                    those of path_choice */
    double split_cap; /* largest fraction of an OD pair on one path, in (0, 1]; 0: none. Pairs with
                         fewer than 1 / split_cap paths split evenly */
    lead_te_plan_for_what plan_for;
    double cvar_weight, cvar_level; /* for samples: (1 - weight) mean + weight CVaR(level) of the
                                       cost, in [0, 1] and [0, 1); level 0: the mean */
    int scenarios;                  /* samples that are left by scenario reduction; 0: all */
    double moved_cost;  /* price of moving all traffic off the paths in force, in parts of
                              the MLU that shortest paths give; 0: none */
    double moved_limit; /* largest fraction of the traffic that moves, in (0, 1]; 0: none */
    lead_te_survival survive;
    lead_te_tie_break tie_break; /* paths, robust, smore, mcf; with `survive` and moved_limit the
                                    vertex */
} lead_te_options;

/* What is to be routed. */
typedef struct lead_te_demand {
    const double *tms;            /* [samples][n*n] bit/s; NULL when there is no forecast */
    int samples;                  /* 0 when there is none */
    const lead_routing *in_force; /* NULL: none yet */
    const double
        *weights_in_force; /* [m] link weights that `in_force` comes from; NULL: from none */
} lead_te_demand;

/* How many times more than the links out of its source could carry makes a value suspect. */
#define LEAD_TE_SUSPECT 100
/* An answer. `routing` and `weights` are the caller's to free (lead_te_plan_clear). */
typedef struct lead_te_plan {
    lead_routing *routing;
    double *weights; /* [m]; NULL when the routing does not come from weights */
    double mlu, phi; /* of the mean TM under `routing` */
    bool optimal;    /* the MLU is proven minimal for the mean TM */
    double bound;    /* proven: no routing has a smaller MLU for the mean TM; 0: nothing proven */
    double failure_mlu;  /* proven: no TM planned for has a larger MLU after any one of the failures
                            to survive, by local repair of the pairs that keep a path; 0: nothing
                            proven */
    double disconnected; /* bit/s of the mean TM between pairs that no path joins: all else here is
                            of the TM without it */
    int suspects;        /* values of the TMs planned for that are out of all proportion: more than
                            LEAD_TE_SUSPECT times what the links out of their source could carry */
    long evaluations;    /* routings evaluated or simplex iterations done */
    bool smooth;         /* it is the plan of LEAD_TE_TIE_BREAK_SMOOTH or _SPREAD */
} lead_te_plan;

/* Frees what a plan holds, and empties it; an empty one (all zero) is allowed. */
LEAD_API void lead_te_plan_clear(lead_te_plan *plan);

/* An algorithm. To add one: one file, one row in te/table.c. */
typedef struct lead_te_type {
    const char *name;
    const char *summary;
    bool needs_demand;      /* false: the routing depends on the topology alone */
    bool plans_for_samples; /* unless plan_for says otherwise; else for their mean */
    size_t size;
    lead_status (*alloc)(void *state, const lead_topology *topology,
                         const lead_te_options *options);
    /* Links that are down (lead_link.up) are not used. Fills routing, weights, optimal,
     * evaluations. */
    lead_status (*plan)(void *state, const lead_te_demand *demand, lead_te_plan *plan);
    void (*free)(void *state);
} lead_te_type;

/* An algorithm at work on one network, which may keep what helps the next plan. */
typedef struct lead_te lead_te;

/* The algorithm of that name, static; NULL: there is none. */
LEAD_API const lead_te_type *lead_te_find(const char *name);
/* Whether plans under these options are for each sample, not for the samples' mean. */
LEAD_API bool lead_te_plans_for_samples(const lead_te_type *type, const lead_te_options *options);
/* Their names, "ecmp, mcf, ...", borrowed until this thread's next call. */
LEAD_API const char *lead_te_names(void);
/* `topology` is borrowed and outlives the state. LEAD_INVALID naming an option that is out of its
 * range, whether the algorithm heeds it or not. */
LEAD_API lead_status lead_te_alloc(const lead_te_type *type, const lead_topology *topology,
                                   const lead_te_options *options, lead_te **out);
/* Checks the demand (LEAD_NUMERIC for NaN or negative), leaves the pairs without a path over links
 * that are up out of it, plans, and fills mlu and phi. Values that are suspect are planned for, but
 * counted, and the first is logged. On failure *plan is empty. */
LEAD_API lead_status lead_te_plan_for(lead_te *te, const lead_te_demand *demand,
                                      lead_te_plan *plan);
/* The paths that `paths` and `robust` plan over under these options (paths, path_choice,
 * weight_rule, seed, tunnels), of every OD pair that is joined: a new routing in *out that shares
 * each pair evenly among its own. Errors as lead_te_alloc. O(n^2 paths n m) at worst. */
LEAD_API lead_status lead_te_paths_of(const lead_topology *topology, const lead_te_options *options,
                                      lead_routing **out);
/* Frees the state. NULL is allowed. */
LEAD_API void lead_te_free(lead_te *te);

#ifdef __cplusplus
}
#endif
#endif
