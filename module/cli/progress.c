/* One line on standard error that says how far it is. */
#include "cli/cli.h"
#include <math.h>
#include <unistd.h>

void lead_cli_seconds(double seconds, char text[16]) {
    if (seconds < 100)
        snprintf(text, 16, "%.0f s", seconds);
    else
        snprintf(text, 16, "%.0f:%02.0f min", floor(seconds / 60), fmod(seconds, 60));
}

void lead_cli_progress_show(long done, long all, double seconds, void *data) {
    lead_cli_progress *self = data;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    char left[16] = "-";
    if (rate > 0)
        lead_cli_seconds((double)(all - done) / rate, left);
    if (isatty(STDERR_FILENO)) {
        if (done < all && seconds - self->printed < 0.1)
            return;
        fprintf(stderr, "\r%ld of %ld %s, %.1f a second, %s left \033[K%s", done, all, self->what,
                rate, left, done == all ? "\r\033[K" : "");
    } else {
        long tenth = all > 0 ? 10 * done / all : 0;
        if (self->begun && tenth == self->tenth)
            return;
        self->begun = true;
        self->tenth = tenth;
        fprintf(stderr, "%ld of %ld %s, %.1f a second, %s left\n", done, all, self->what, rate,
                left);
    }
    self->printed = seconds;
    fflush(stderr);
}

void lead_cli_progress_end(const lead_cli_progress *self) {
    (void)self;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}
