/* What headers state of arguments, a debug build asserts: NULL and indices out of range end the
 * process by SIGABRT, not somewhere later. Other builds have nothing to test. */
#include "support.h"
#include <lead/control.h>
#include <signal.h>
#include <sys/wait.h>

#ifdef LEAD_DEBUG
static lead_topology *diamond;
static double numbers[16];

static void link_of(void) {
    lead_topology_link(diamond, 8);
}
static void link_before(void) {
    lead_topology_link(diamond, -1);
}
static void link_of_none(void) {
    lead_topology_link(NULL, 0);
}
static void name_of(void) {
    lead_topology_node_name(diamond, 4);
}
static void links_out(void) {
    lead_topology_links_out(diamond, 4, NULL);
}
static void mlu(void) {
    lead_mlu(diamond, NULL);
}
static void loads(void) {
    (void)lead_routing_loads(NULL, numbers, numbers);
}
static void weights(void) {
    (void)lead_link_weights(diamond, LEAD_WEIGHTS_UNIT, NULL);
}
static void length(void) {
    lead_tm_series_length(NULL);
}
static void te(void) {
    (void)lead_te_alloc(NULL, diamond, NULL, NULL);
}
static void plan(void) {
    (void)lead_te_plan_for(NULL, NULL, NULL);
}
static void find_te(void) {
    lead_te_find(NULL);
}
static void counters(void) {
    (void)lead_counters_alloc(2, 2, NULL);
}
static void rates(void) {
    (void)lead_rates_update(NULL, diamond, NULL, NULL);
}
static void estimate(void) {
    (void)lead_estimator_estimate(NULL, NULL, NULL);
}
static void controller(void) {
    (void)lead_controller_alloc(diamond, NULL, NULL, 300, NULL);
}
static void lap(void) {
    (void)lead_controller_step(NULL, NULL, 0, NULL);
}

/* How a child ends that makes the call; its last words are not shown. */
static int end_of(void (*call)(void)) {
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        if (freopen("/dev/null", "w", stderr))
            call();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}
#endif

static void a_debug_build_asserts_them(void **state) {
    (void)state;
#ifdef LEAD_DEBUG
    static void (*const calls[])(void) = {link_of,    link_before, link_of_none, name_of, links_out,
                                          mlu,        loads,       weights,      length,  te,
                                          plan,       find_te,     counters,     rates,   estimate,
                                          controller, lap};
    diamond = test_diamond();
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (end_of(calls[i]) != SIGABRT)
            fail_msg("call %zu ended with %d", i, end_of(calls[i]));
    lead_topology_free(diamond);
#else
    skip();
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_debug_build_asserts_them)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
