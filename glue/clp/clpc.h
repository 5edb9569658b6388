/* clpc: what changes or runs a linear program of Clp, for C callers. What Clp throws ends here: a
 * program that ran out of memory half way is not touched again, not even to free it, for what it
 * holds is not whole then. Of Clp's own C interface the module calls what can throw nothing:
 * reading sizes and solutions, and setting limits in place (tests/integration/test_boundary.sh has
 * the list). */
#ifndef CLPC_H
#define CLPC_H

#include <coin/Clp_C_Interface.h>
#include <lead/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum clpc_method { CLPC_PRIMAL, CLPC_DUAL } clpc_method;

/* How a solution ended. */
typedef enum clpc_end {
    CLPC_OPTIMAL,
    CLPC_INFEASIBLE,
    CLPC_TIME_IS_UP,
    CLPC_GAVE_UP /* rounding: it got nowhere in far more pivots than a program of that size takes */
} clpc_end;

/* An empty, silent program. */
lead_status clpc_alloc(Clp_Simplex **out);
void clpc_free(Clp_Simplex *clp); /* NULL is allowed */

/* Each of these: LEAD_MEMORY, or LEAD_NUMERIC for what Clp cannot reckon with (a coefficient that
 * is not finite, ...); *clp is NULL from then on. start[count + 1]; NULL: no entries. */
lead_status clpc_add_rows(Clp_Simplex **clp, int count, const double *lower, const double *upper,
                          const CoinBigIndex *start, const int *index, const double *value);
lead_status clpc_add_columns(Clp_Simplex **clp, int count, const double *lower, const double *upper,
                             const double *cost, const CoinBigIndex *start, const int *index,
                             const double *value);
/* status[columns + rows], as Clp_statusArray has it. */
lead_status clpc_take_basis(Clp_Simplex **clp, const unsigned char *status);
/* Goes on from the program's basis. `seconds`: a limit; negative: none. Adds to *iterations. */
lead_status clpc_solve(Clp_Simplex **clp, clpc_method method, double seconds, long *iterations,
                       clpc_end *end);

#ifdef __cplusplus
}
#endif
#endif
