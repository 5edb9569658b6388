/* Room for linear algebra. OpenBLAS gives every thread that multiplies a buffer of 128 MB, keeps it
 * for the next one, and asks for one that it does not get again and again, without end. So the
 * buffers are made beforehand, each after a look whether there is room. */
#define _GNU_SOURCE /* RTLD_DEFAULT, MAP_NORESERVE */
#include <dlfcn.h>
#include <lead/base.h>
#include <sys/mman.h>

enum { THREADS_MOST = 64 };

static const size_t ROOM = (size_t)136 << 20;

static bool fits(void) {
    void *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return room != MAP_FAILED && munmap(room, ROOM) == 0;
}

lead_status lead_blas_reserve(int threads) {
    void *(*take)(int) = NULL;
    void (*give)(void *) = NULL;
    void *taken[THREADS_MOST];
    int count = 0, wanted = threads < THREADS_MOST ? threads : THREADS_MOST;
    *(void **)&take = dlsym(RTLD_DEFAULT, "blas_memory_alloc");
    *(void **)&give = dlsym(RTLD_DEFAULT, "blas_memory_free");
    if (!take || !give)
        return LEAD_OK; /* another BLAS */
    while (count < wanted && fits())
        taken[count++] = take(0);
    for (int i = 0; i < count; i++)
        give(taken[i]);
    if (count < wanted)
        return lead_fail(LEAD_MEMORY,
                         "no memory for the linear algebra of %d threads, %zu MB each: fewer "
                         "threads need less, or ulimit -v and -d may allow more",
                         threads, ROOM >> 20);
    return LEAD_OK;
}
