/* Clp behind C functions that return whatever happens in it. */
#include "clp/clpc.h"

#include <cmath>
#include <exception>
#include <new>

namespace {

/* Runs a call that may throw. The program is given up when it does. */
template <typename Call> lead_status guarded(Clp_Simplex **clp, Call call) noexcept {
    try {
        call();
        return LEAD_OK;
    } catch (const std::bad_alloc &) {
        *clp = nullptr;
        return lead_fail(LEAD_MEMORY, "no memory for a linear program");
    } catch (...) { /* CoinError, mostly, which is no std::exception */
        *clp = nullptr;
        return lead_fail(LEAD_NUMERIC, "Clp cannot work on this linear program");
    }
}

/* Clp aborts on some values that are no numbers. */
lead_status check(const char *what, const double *values, long count, bool may_be_infinite) {
    for (long i = 0; values && i < count; i++)
        if (std::isnan(values[i]) || (!may_be_infinite && std::isinf(values[i])))
            return lead_fail(LEAD_NUMERIC, "a %s of the linear program is %g", what, values[i]);
    return LEAD_OK;
}

lead_status check_lines(int count, const double *lower, const double *upper, const double *cost,
                        const CoinBigIndex *start, const double *value) {
    LEAD_TRY(check("limit", lower, count, true));
    LEAD_TRY(check("limit", upper, count, true));
    LEAD_TRY(check("cost", cost, count, false));
    return check("coefficient", value, start ? start[count] : 0, false);
}

/* More than a program of this size takes when all is well: a few times its rows, as a rule. */
int most_iterations(Clp_Simplex *clp) {
    const long size = Clp_numberRows(clp) + Clp_numberColumns(clp);
    return static_cast<int>(std::fmin(20000.0 + 50.0 * static_cast<double>(size), 1e9));
}

clpc_end end_of(Clp_Simplex *clp, double seconds, int most) {
    const int status = Clp_status(clp);
    if (status == 3 && seconds >= 0 && Clp_numberIterations(clp) < most)
        return CLPC_TIME_IS_UP;
    return status == 0 ? CLPC_OPTIMAL : status == 1 ? CLPC_INFEASIBLE : CLPC_GAVE_UP;
}

} // namespace

lead_status clpc_alloc(Clp_Simplex **out) {
    *out = nullptr;
    return guarded(out, [=] {
        Clp_Simplex *clp = Clp_newModel();
        Clp_setLogLevel(clp, 0);
        Clp_setPrimalTolerance(clp, 1e-9);
        *out = clp;
    });
}

void clpc_free(Clp_Simplex *clp) {
    if (clp)
        Clp_deleteModel(clp);
}

lead_status clpc_add_rows(Clp_Simplex **clp, int count, const double *lower, const double *upper,
                          const CoinBigIndex *start, const int *index, const double *value) {
    LEAD_TRY(check_lines(count, lower, upper, nullptr, start, value));
    return guarded(clp, [=] { Clp_addRows(*clp, count, lower, upper, start, index, value); });
}

lead_status clpc_add_columns(Clp_Simplex **clp, int count, const double *lower, const double *upper,
                             const double *cost, const CoinBigIndex *start, const int *index,
                             const double *value) {
    LEAD_TRY(check_lines(count, lower, upper, cost, start, value));
    return guarded(clp,
                   [=] { Clp_addColumns(*clp, count, lower, upper, cost, start, index, value); });
}

lead_status clpc_take_basis(Clp_Simplex **clp, const unsigned char *status) {
    return guarded(clp, [=] { Clp_copyinStatus(*clp, status); });
}

lead_status clpc_solve(Clp_Simplex **clp, clpc_method method, double seconds, long *iterations,
                       clpc_end *end) {
    return guarded(clp, [=] {
        Clp_setMaximumSeconds(*clp, seconds);
        const int most = most_iterations(*clp);
        Clp_setMaximumIterations(*clp, most);
        if (method == CLPC_PRIMAL)
            Clp_primal(*clp, 0);
        else
            Clp_dual(*clp, 0);
        *iterations += Clp_numberIterations(*clp);
        *end = end_of(*clp, seconds, most);
    });
}
