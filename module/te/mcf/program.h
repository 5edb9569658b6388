/* The restricted linear program of mcf: how the flow may differ from a routing at hand, and those
 * rows only that bind. Kept from one TM to the next. */
#ifndef LEAD_TE_MCF_PROGRAM_H
#define LEAD_TE_MCF_PROGRAM_H

#include "clp/clpc.h"
#include "net/congestion.h"
#include "net/csr_graph.h"

/* What is minimised: load * (sum of all links' load) / volume + mlu * max(MLU, least_mlu) / peak
 * [+ the rest of Phi, / volume]. */
typedef struct lead_mcf_costs {
    double load, mlu, least_mlu;
    bool phi;
} lead_mcf_costs;

/* A way in which the flow for one destination may change: so much more or less on some links. */
typedef struct lead_mcf_column {
    int destination;
    int first, end; /* in lead_mcf_program.change and .by */
    int earlier;    /* the destination's column before this one; -1: none */
    double amount;  /* of the solution */
} lead_mcf_column;

typedef struct lead_mcf_program {
    const lead_topology *topology;
    const lead_csr_graph *graph;
    lead_mcf_costs costs;
    double peak;        /* MLU that 1 means */
    double volume;      /* bit/s of load that cost 1 * costs.load */
    lead_routing *base; /* owned */
    const double *tm;   /* [n*n] borrowed */
    double *base_flow;  /* [n*m] of tm under base, bit/s for t on e: [t * m + e] */
    double *base_load;  /* [m] */
    double *total;      /* [n] demand for a destination */
    double *passing;    /* [n] scratch */
    lead_mcf_column *column;
    int columns, column_room, noted; /* `noted` of the columns are not in Clp's program yet */
    int *change;                     /* a column's links ... */
    double *by;                      /* ... and bit/s per unit of the column */
    int changes, change_room, by_room;
    int *newest;       /* [n] a destination's newest column; -1: none */
    int *flow_row;     /* [n*m] flow stays >= 0; -1: no such row */
    double *row_scale; /* by row: bit/s that 1 means in a flow row, 0 in others */
    int row_scale_room;
    int *mlu_row, *phi_row; /* [m] -1: none */
    Clp_Simplex *clp;       /* its column 0 is the MLU */
    int *place;             /* a column's number in Clp's program */
    int place_room;
    bool is_solved;
    bool columns_are_new;          /* since the last solution, which is still feasible */
    double *flow;                  /* [n*m] of the solution; rounding may make it negative */
    double *load;                  /* [m] of the solution */
    double mlu;                    /* of that load */
    double objective;              /* of the solution */
    double *mlu_price, *phi_price; /* [m] the solution's dual prices, per utilisation peak */
    long pivots;
} lead_mcf_program;

/* A program without columns; `base` becomes its own (on failure too). */
lead_status lead_mcf_program_alloc(const lead_topology *topology, const lead_csr_graph *graph,
                                   const lead_mcf_costs *costs, double peak, double volume,
                                   lead_routing *base, lead_mcf_program **out);
void lead_mcf_program_free(lead_mcf_program *program);

/* The traffic from now on; tm is borrowed. O(n m + columns). */
lead_status lead_mcf_program_set_tm(lead_mcf_program *program, const double *tm);
/* What an MLU above the least one costs. */
void lead_mcf_program_set_mlu_cost(lead_mcf_program *program, double cost);
void lead_mcf_program_set_least_mlu(lead_mcf_program *program, double least_mlu);

/* A new column for destination t, and what it changes (before the next new column), for
 * add_columns. */
lead_status lead_mcf_program_note(lead_mcf_program *program, int t);
lead_status lead_mcf_program_note_change(lead_mcf_program *program, int link, double by);
/* Gives the noted columns to Clp. */
lead_status lead_mcf_program_add_columns(lead_mcf_program *program);

/* The optimum over these columns for all links: rows come in as they are needed. LEAD_LATE past
 * the deadline (of lead_clock_seconds(); 0: none), LEAD_NUMERIC when Clp gives up. */
lead_status lead_mcf_program_solve(lead_mcf_program *program, double deadline);

/* The solution's routing, new. */
lead_status lead_mcf_program_routing(const lead_mcf_program *program, lead_routing **out);

/* Adds columns until the optimum over all flows is reached to within `gap` (relative). centre[2m]:
 * MLU and Phi prices that bound the objective well, to begin with (0: none known) and at the end.
 * *mlu_bound rises to what is proven of any routing's MLU. As solve. */
lead_status lead_mcf_program_optimise(lead_mcf_program *program, double gap, double deadline,
                                      double *centre, double *mlu_bound);

/* Right-hand sides of a link's two rows, for mcf_rows.c. */
void lead_mcf_program_row_limits(const lead_mcf_program *program, int e, double *mlu, double *phi);
/* Makes room for `needed` things of `size` bytes in the list at *list. */
lead_status lead_mcf_make_room(void *list, int *room, int needed, size_t size);

/* Fortz and Thorup's cost beyond slope 1: segment k begins at this utilisation and costs so much
 * more than slope 1 (in all, not more than the segment before it). */
enum { LEAD_MCF_SEGMENTS = LEAD_PHI_SEGMENTS - 1 };
static inline double lead_mcf_segment_from(int k) {
    return lead_phi_from[k + 1];
}
static inline double lead_mcf_segment_slope(int k) {
    return lead_phi_slope[k + 1] - lead_phi_slope[0];
}

#endif
