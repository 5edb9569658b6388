/* What a plan of mcf takes: anew, going on from the last TM, and to within 1 %; beside it GLPK's
 * simplex on the program of least MLU (where GLPK is there at build time). Prints a Markdown row.
 *
 *   bench_te_mcf NAME TOPOLOGY TMS [EPOCHS [GLPK_SECONDS]]
 *
 * EPOCHS: TMs of the series (100); GLPK_SECONDS: when GLPK is given up (60; 0: it is not tried).
 * A file with one TM makes a series: every pair's demand is varied by up to a tenth. */
#include <lead/formats.h>
#include <lead/te.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#ifdef LEAD_GLPK
#include <glpk.h>
#endif

enum { MOST_EPOCHS = 10000, ROUNDS = 3 };

static void check(lead_status status) {
    if (status == LEAD_OK)
        return;
    fprintf(stderr, "bench_te_mcf: %s\n", lead_last_message());
    exit(1);
}

typedef struct input {
    lead_topology *topology;
    lead_tm_series *series;
    int n, m;
} input;

static input load(const char *topology, const char *tms) {
    input in;
    check(lead_topology_read(topology, 0, &in.topology));
    lead_tm_reading reading = {.topology = in.topology, .from = INT64_MIN};
    check(lead_tm_series_read(tms, &reading, &in.series));
    in.n = lead_topology_node_count(in.topology);
    in.m = lead_topology_link_count(in.topology);
    return in;
}

static void tm_of(const input *in, int epoch, gsl_rng *random, double *tm) {
    int length = lead_tm_series_length(in->series);
    size_t size = (size_t)in->n * (size_t)in->n;
    memcpy(tm, lead_tm_series_tm(in->series, epoch % length), size * sizeof *tm);
    for (size_t od = 0; od < size && length == 1 && epoch > 0; od++)
        tm[od] *= 0.9 + 0.2 * gsl_rng_uniform(random);
}

/* Seconds of one plan, and what it says. */
static double plan_once(lead_te *te, const double *tm, lead_te_plan *said) {
    lead_te_demand demand = {.tms = tm, .samples = 1};
    lead_te_plan plan;
    double started = lead_clock_seconds();
    check(lead_te_plan_for(te, &demand, &plan));
    double seconds = lead_clock_seconds() - started;
    *said = plan;
    lead_te_plan_clear(&plan);
    return seconds;
}

static double anew(const input *in, const double *tm, double gap, lead_te_plan *said) {
    double seconds[ROUNDS];
    lead_te_options options = {.gap = gap};
    for (int i = 0; i < ROUNDS; i++) {
        lead_te *te;
        check(lead_te_alloc(lead_te_find("mcf"), in->topology, &options, &te));
        seconds[i] = plan_once(te, tm, said);
        lead_te_free(te);
    }
    return lead_quantile(seconds, ROUNDS, 0.5);
}

typedef struct pace {
    double cold, warm; /* medians */
    double difference; /* the largest of MLUs */
} pace;

/* Every TM of the series both ways, in turn. */
static pace race(const input *in, int epochs, double *tm) {
    static double cold[MOST_EPOCHS], warm[MOST_EPOCHS];
    pace result = {0};
    gsl_rng *random;
    lead_te_options options = {0};
    lead_te_plan first, second;
    lead_te *going_on, *te;
    check(lead_random_alloc(1, "bench", &random));
    check(lead_te_alloc(lead_te_find("mcf"), in->topology, &options, &going_on));
    tm_of(in, 0, random, tm);
    plan_once(going_on, tm, &first);
    for (int i = 0; i < epochs; i++) {
        tm_of(in, i + 1, random, tm);
        warm[i] = plan_once(going_on, tm, &first);
        check(lead_te_alloc(lead_te_find("mcf"), in->topology, &options, &te));
        cold[i] = plan_once(te, tm, &second);
        lead_te_free(te);
        result.difference = fmax(result.difference, fabs(first.mlu / second.mlu - 1));
    }
    lead_te_free(going_on);
    gsl_rng_free(random);
    result.cold = lead_quantile(cold, (size_t)epochs, 0.5);
    result.warm = lead_quantile(warm, (size_t)epochs, 0.5);
    return result;
}

#ifdef LEAD_GLPK
/* Row t * n + v conserves flow for t at v, row n * n + e caps link e; column 1 is the MLU. */
static glp_prob *glpk_program(const input *in, const double *tm) {
    int n = in->n, m = in->m;
    double unit = lead_tm_total(tm, n) / n;
    glp_prob *lp = glp_create_prob();
    int *rows = malloc(((size_t)m + 1) * sizeof *rows);
    double *values = malloc(((size_t)m + 1) * sizeof *values);
    glp_add_rows(lp, n * n + m);
    glp_add_cols(lp, 1 + n * m);
    for (int t = 0; t < n; t++)
        for (int v = 0; v < n; v++)
            glp_set_row_bnds(lp, 1 + t * n + v, v == t ? GLP_FR : GLP_FX, tm[v * n + t] / unit, 0);
    for (int e = 0; e < m; e++) {
        glp_set_row_bnds(lp, 1 + n * n + e, GLP_UP, 0, 0);
        rows[e + 1] = 1 + n * n + e;
        values[e + 1] = -lead_topology_link(in->topology, e)->capacity / unit;
    }
    glp_set_col_bnds(lp, 1, GLP_LO, 0, 0);
    glp_set_obj_coef(lp, 1, 1);
    glp_set_mat_col(lp, 1, m, rows, values);
    for (int t = 0; t < n; t++)
        for (int e = 0; e < m; e++) {
            const lead_link *link = lead_topology_link(in->topology, e);
            int column = 2 + t * m + e,
                at[] = {0, 1 + t * n + link->source, 1 + t * n + link->destination, 1 + n * n + e};
            double value[] = {0, 1, -1, 1};
            glp_set_col_bnds(lp, column, link->source == t ? GLP_FX : GLP_LO, 0, 0);
            glp_set_mat_col(lp, column, 3, at, value);
        }
    free(rows);
    free(values);
    return lp;
}

static void print_glpk(const input *in, const double *tm, double limit, double mlu) {
    if (limit <= 0) {
        printf(" - | - |\n");
        return;
    }
    glp_prob *lp = glpk_program(in, tm);
    glp_smcp parameters;
    glp_init_smcp(&parameters);
    glp_term_out(GLP_OFF);
    parameters.tm_lim = (int)(1000 * limit);
    parameters.presolve = GLP_ON;
    double started = lead_clock_seconds();
    int code = glp_simplex(lp, &parameters);
    double seconds = lead_clock_seconds() - started;
    if (code == 0 && glp_get_status(lp) == GLP_OPT)
        printf(" %.3g | %.1e |\n", seconds, fabs(glp_get_obj_val(lp) / mlu - 1));
    else
        printf(" > %.0f | - |\n", seconds);
    glp_delete_prob(lp);
}
#else
static void print_glpk(const input *in, const double *tm, double limit, double mlu) {
    (void)in, (void)tm, (void)limit, (void)mlu;
    printf(" - | - |\n");
}
#endif

int main(int argc, char **argv) {
    int epochs = argc > 4 ? atoi(argv[4]) : 100;
    double glpk_limit = argc > 5 ? atof(argv[5]) : 60;
    if (argc < 4 || argc > 6 || epochs < 1 || epochs > MOST_EPOCHS) {
        fprintf(stderr, "usage: bench_te_mcf NAME TOPOLOGY TMS [EPOCHS [GLPK_SECONDS]]\n");
        return 1;
    }
    input in = load(argv[2], argv[3]);
    double *tm = malloc((size_t)in.n * (size_t)in.n * sizeof *tm);
    lead_te_plan exact, near;
    struct rusage usage;
    pace both = race(&in, epochs, tm);
    tm_of(&in, 0, NULL, tm);
    double cold = anew(&in, tm, 0, &exact), approximate = anew(&in, tm, 0.01, &near);
    getrusage(RUSAGE_SELF, &usage);
    printf("| %s | %d | %d | %.6f | %.3g | %.3g | %.3g | %.1e | %.3g | %.3g | %.0f |", argv[1],
           in.n, in.m, exact.mlu, cold, both.cold, both.warm, both.difference, approximate,
           near.mlu / near.bound - 1, (double)usage.ru_maxrss / 1024);
    print_glpk(&in, tm, glpk_limit, exact.mlu);
    free(tm);
    lead_tm_series_free(in.series);
    lead_topology_free(in.topology);
    return 0;
}
