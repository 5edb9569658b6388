/* How many cores a process may use. */
#define _GNU_SOURCE /* sched_getaffinity */
#include <lead/base.h>
#include <sched.h>
#include <stdlib.h>

/* A whole number from 1 on; 0: the variable says none. */
static int variable(const char *name) {
    const char *text = getenv(name);
    char *end = NULL;
    long value = text ? strtol(text, &end, 10) : 0;
    return text && end != text && *end == '\0' && value > 0 && value <= 65536 ? (int)value : 0;
}

/* The mask of a machine with more processors than cpu_set_t holds needs a larger set. */
static int affinity(void) {
    for (int most = 1024; most <= 1 << 20; most *= 2) {
        cpu_set_t *set = CPU_ALLOC((size_t)most);
        if (!set)
            return 1;
        size_t size = CPU_ALLOC_SIZE((size_t)most);
        int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0)
            return count;
    }
    return 1;
}

int lead_cores(void) {
    int cores = variable("LEAD_THREADS");
    cores = cores > 0 ? cores : variable("SLURM_CPUS_PER_TASK");
    cores = cores > 0 ? cores : variable("SLURM_CPUS_ON_NODE");
    return cores > 0 ? cores : affinity();
}
