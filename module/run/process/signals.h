/* signals: those that end a program, held back while there are processes to end first. One holder
 * a program at a time. */
#ifndef LEAD_RUN_PROCESS_SIGNALS_H
#define LEAD_RUN_PROCESS_SIGNALS_H

#include <lead/base.h>
#include <signal.h>

enum { LEAD_SIGNALS = 3 };

typedef struct lead_signals {
    struct sigaction before[LEAD_SIGNALS];
    int fd; /* readable when one has come */
} lead_signals;

/* From here on TERM, INT and HUP wait, unless the program ignores them. */
lead_status lead_signals_hold(lead_signals *self);
/* The one that has come; 0: none. */
int lead_signals_take(const lead_signals *self);
/* All is as before; the signal that was taken (0: none) is raised again. */
void lead_signals_release(lead_signals *self, int taken);

#endif
