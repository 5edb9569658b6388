/* signals: see signals.h. A handler, since blocking them would not do: libraries have threads of
 * their own (OpenBLAS's), which would take them instead. */
#include "run/process/signals.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const int held[LEAD_SIGNALS] = {SIGTERM, SIGINT, SIGHUP};

static volatile sig_atomic_t told = -1; /* where the handler writes */

static void tell(int signal) {
    int before = errno;
    unsigned char number = (unsigned char)signal;
    ssize_t written = write((int)told, &number, 1);
    (void)written; /* a full pipe has told enough */
    errno = before;
}

/* Neither end blocks or is inherited. */
static lead_status make_pipe(int ends[2]) {
    if (pipe(ends) != 0)
        return lead_fail(LEAD_IO, "a pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    return LEAD_OK;
}

lead_status lead_signals_hold(lead_signals *self) {
    struct sigaction action = {.sa_handler = tell, .sa_flags = SA_RESTART};
    int ends[2];
    if (told >= 0)
        return lead_fail(LEAD_INVALID, "this program is in the middle of another run");
    LEAD_TRY(make_pipe(ends));
    self->fd = ends[0];
    told = ends[1];
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < LEAD_SIGNALS; i++) {
        sigaction(held[i], NULL, &self->before[i]);
        if (self->before[i].sa_handler != SIG_IGN)
            sigaction(held[i], &action, NULL);
    }
    return LEAD_OK;
}

int lead_signals_take(const lead_signals *self) {
    unsigned char number;
    return read(self->fd, &number, 1) == 1 ? number : 0;
}

void lead_signals_release(lead_signals *self, int taken) {
    for (int i = 0; i < LEAD_SIGNALS; i++)
        sigaction(held[i], &self->before[i], NULL);
    close(self->fd);
    close((int)told);
    told = -1;
    if (taken)
        raise(taken);
}
