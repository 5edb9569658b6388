/* sandbox: what a policy's process may still do once it runs models (docs/security.md). */
#ifndef LEAD_RUN_PROCESS_SANDBOX_H
#define LEAD_RUN_PROCESS_SANDBOX_H

#include <lead/base.h>

typedef struct lead_sandbox {
    const char *const *reads; /* files, or folders with all below; NULL ones are left out */
    int read_count;
    const char *writes; /* the folder that files may be made and changed in */
    double memory;      /* bytes; 0: three quarters of what is free, 1 GB at least */
} lead_sandbox;

/* From here on this process, and all threads that it begins, reads these files and the system's
 * libraries only, writes into one folder only, starts no program, opens no socket, signals nobody
 * else and takes so much memory; there is no way back. What the kernel does not have is left out,
 * see lead_sandbox_lacks. */
lead_status lead_sandbox_enter(const lead_sandbox *sandbox);

/* What this kernel cannot keep from a process: "" when it can keep all. */
const char *lead_sandbox_lacks(void);

#endif
