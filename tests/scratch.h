/* A folder of a test program's own, which goes when the program ends. */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct scratch {
    char folder[200];
    pid_t owner; /* 0 before there is a folder */
} scratch;

static inline scratch *scratch_own(void) {
    static scratch own;
    return &own;
}

/* Children that the program forked end by this, too: the folder is not theirs. */
static inline void scratch_remove(void) {
    char command[240];
    if (scratch_own()->owner != getpid())
        return;
    snprintf(command, sizeof command, "rm -rf '%s'", scratch_own()->folder);
    if (system(command) != 0)
        fprintf(stderr, "%s is left\n", scratch_own()->folder);
}

/* Its path, the same for the whole program: in `under`, or where that is NULL in TMPDIR or /tmp. */
static inline const char *scratch_folder(const char *under) {
    scratch *own = scratch_own();
    if (own->owner)
        return own->folder;
    if (!under && !(under = getenv("TMPDIR")))
        under = "/tmp";
    snprintf(own->folder, sizeof own->folder, "%s/lead-test-XXXXXX", under);
    if (!mkdtemp(own->folder)) {
        perror(own->folder);
        abort();
    }
    own->owner = getpid();
    if (atexit(scratch_remove) != 0)
        abort();
    return own->folder;
}

#endif
