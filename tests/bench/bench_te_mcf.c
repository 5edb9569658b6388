/* What minimum MLU costs: from nothing for every TM, going on from the last TM's solution, by the
 * approximation within 1 %, and by GLPK's simplex where that is there (the same program, written
 * down whole). Prints a row of Markdown; times are medians over the TMs, in ms.
 *
 *   bench_te_mcf NAME TOPOLOGY TMS [COUNT [FIRST]]      (TMs; 1, from the first one) */
#include <lead/formats.h>
#include <lead/te.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef LEAD_GLPK
#include <glpk.h>
#endif

enum { GLPK_VARIABLES_MAX = 60000 };

static void check(lead_status status) {
    if (status == LEAD_OK)
        return;
    fprintf(stderr, "bench_te_mcf: %s\n", lead_last_message());
    exit(1);
}

/* Plans for tms[index]; the MLU and, added to it, the relative gap that is proven. */
static double solve(lead_te *te, const lead_tm_series *tms, int index, double *seconds,
                    double *gap) {
    lead_te_demand demand = {.tms = lead_tm_series_tm(tms, index), .samples = 1};
    lead_te_plan plan;
    double began = lead_clock_seconds();
    check(lead_te_plan_for(te, &demand, &plan));
    *seconds = lead_clock_seconds() - began;
    double mlu = plan.mlu;
    *gap = plan.bound > 0 ? mlu / plan.bound - 1 : INFINITY;
    lead_te_plan_clear(&plan);
    return mlu;
}

static lead_te *make(const lead_topology *topology, double gap) {
    lead_te_options options = {.gap = gap};
    lead_te *te;
    check(lead_te_alloc(lead_te_find("mcf"), topology, &options, &te));
    return te;
}

#ifdef LEAD_GLPK
typedef struct entries {
    int count, *row, *column;
    double *value;
} entries;

static void put(entries *all, int row, int column, double value) {
    all->count++;
    all->row[all->count] = row;
    all->column[all->count] = column;
    all->value[all->count] = value;
}

/* Column 1 is z, then x(t, e); rows are those of nodes by destination, then of links. Flow for t
 * counts in units of all demand for t. */
static glp_prob *write_down(const lead_topology *topology, const double *tm) {
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    size_t room = 4 * (size_t)n * (size_t)m + (size_t)m + 1;
    entries all = {0, malloc(room * sizeof(int)), malloc(room * sizeof(int)),
                   malloc(room * sizeof(double))};
    glp_prob *lp = glp_create_prob();
    glp_add_rows(lp, n * n + m);
    glp_add_cols(lp, 1 + n * m);
    glp_set_obj_dir(lp, GLP_MIN);
    glp_set_obj_coef(lp, 1, 1);
    glp_set_col_bnds(lp, 1, GLP_LO, 0, 0);
    for (int t = 0; t < n; t++) {
        double sum = 0;
        for (int v = 0; v < n; v++)
            sum += v == t ? 0 : tm[v * n + t];
        for (int v = 0; v < n; v++) {
            double wanted = v == t || sum <= 0 ? 0 : tm[v * n + t] / sum;
            glp_set_row_bnds(lp, 1 + t * n + v, v == t ? GLP_FR : GLP_FX, wanted, wanted);
        }
        for (int e = 0; e < m; e++) {
            const lead_link *link = lead_topology_link(topology, e);
            int column = 2 + t * m + e;
            glp_set_col_bnds(lp, column, link->source == t ? GLP_FX : GLP_LO, 0, 0);
            put(&all, 1 + t * n + link->source, column, 1);
            put(&all, 1 + t * n + link->destination, column, -1);
            put(&all, 1 + n * n + e, column, sum / link->capacity);
        }
    }
    for (int e = 0; e < m; e++) {
        glp_set_row_bnds(lp, 1 + n * n + e, GLP_UP, 0, 0);
        put(&all, 1 + n * n + e, 1, -1);
    }
    glp_load_matrix(lp, all.count, all.row, all.column, all.value);
    free(all.row);
    free(all.column);
    free(all.value);
    return lp;
}

/* MLU by GLPK; NaN where that is too large a program for it. */
static double solve_by_glpk(const lead_topology *topology, const double *tm, double *seconds) {
    *seconds = NAN;
    if (lead_topology_node_count(topology) * lead_topology_link_count(topology) >
        GLPK_VARIABLES_MAX)
        return NAN;
    double began = lead_clock_seconds();
    glp_term_out(GLP_OFF);
    glp_prob *lp = write_down(topology, tm);
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.presolve = GLP_ON;
    glp_simplex(lp, &how);
    double mlu = glp_get_obj_val(lp);
    glp_delete_prob(lp);
    *seconds = lead_clock_seconds() - began;
    return mlu;
}
#else
static double solve_by_glpk(const lead_topology *topology, const double *tm, double *seconds) {
    (void)topology, (void)tm;
    return *seconds = NAN;
}
#endif

static void print_median(double *values, int count) {
    if (isnan(values[0])) {
        printf(" - |");
        return;
    }
    lead_sort(values, (size_t)count);
    printf(" %.3g |", 1e3 * values[count / 2]);
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: bench_te_mcf NAME TOPOLOGY TMS [COUNT [FIRST]]\n");
        return 1;
    }
    lead_topology *topology;
    lead_tm_series *tms;
    check(lead_topology_read(argv[2], 0, &topology));
    lead_tm_reading reading = {.topology = topology, .from = INT64_MIN};
    check(lead_tm_series_read(argv[3], &reading, &tms));
    int count = argc > 4 ? atoi(argv[4]) : 1, first = argc > 5 ? atoi(argv[5]) : 0;
    double *cold = calloc((size_t)count * 4, sizeof *cold), *warm = cold + count,
           *near = warm + count, *glpk = near + count, widest = 0, farthest = 0, gap;
    lead_te *kept = make(topology, 0);
    for (int i = 0; i < count; i++) {
        const double *tm = lead_tm_series_tm(tms, first + i);
        lead_te *fresh = make(topology, 0), *rough = make(topology, 0.01);
        double least = solve(fresh, tms, first + i, &cold[i], &gap),
               again = solve(kept, tms, first + i, &warm[i], &gap);
        solve(rough, tms, first + i, &near[i], &gap);
        widest = fmax(widest, gap);
        double other = solve_by_glpk(topology, tm, &glpk[i]);
        farthest = fmax(farthest, fabs(again / least - 1));
        farthest = isnan(other) ? farthest : fmax(farthest, fabs(other / least - 1));
        lead_te_free(fresh);
        lead_te_free(rough);
    }
    printf("| %s | %d | %d | %d |", argv[1], lead_topology_node_count(topology),
           lead_topology_link_count(topology), count);
    print_median(cold, count);
    if (count > 1)
        print_median(warm + 1, count - 1); /* the first had nothing to go on from */
    else
        printf(" - |");
    print_median(near, count);
    printf(" %.2g |", 100 * widest);
    print_median(glpk, count);
    printf(" %.1g |\n", farthest);
    lead_te_free(kept);
    free(cold);
    lead_tm_series_free(tms);
    lead_topology_free(topology);
    return 0;
}
