/* The rows of a study, some at a time, each in a process of its own. */
#include "base/array.h"
#include "base/expects.h"
#include "run/process/signals.h"
#include "study/table.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ALIVE_FD = 5 /* of a row's process */, TICK = 500 /* ms */, LOG_MOST = 1 << 20 };

typedef struct child {
    pid_t pid; /* 0: none */
    int row;
    int alive; /* of a pipe that ends with the process and with all that it started */
} child;

typedef struct pool {
    const lead_study *study;
    const lead_study_options *options;
    lead_signals signals;
    child *children;      /* [jobs] */
    struct pollfd *polls; /* [jobs + 1] */
    int jobs, running, next;
    int done, all; /* runs */
    double started;
    lead_study_failure *failures;
    int failure_count, failure_room;
} pool;

static lead_status failed(const char *what) {
    return lead_fail(LEAD_IO, "%s: %s", what, strerror(errno));
}

static lead_status log_file(const pool *self, int row, char *path) {
    return lead_study_path(self->study, path, "runs/%s/log.txt", self->study->rows[row].key);
}

static lead_status keep_failure(pool *self, int row, const char *why) {
    LEAD_TRY(lead_grow(&self->failures, sizeof *self->failures, self->failure_count, 1,
                       &self->failure_room));
    lead_study_failure *failure = &self->failures[self->failure_count++];
    failure->row = row;
    lead_printable(why, failure->why, sizeof failure->why);
    return LEAD_OK;
}

/* --- a row's process begins ------------------------------------------------------------------- */

/* A pipe of which only the other end is left to those that are started. */
static lead_status make_pipe(int ends[2]) {
    if (pipe(ends) != 0)
        return failed("a pipe");
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    return LEAD_OK;
}

static int set_files(posix_spawn_file_actions_t *actions, const char *log, int alive) {
    int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, log,
                                                 O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (!error)
        error = posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO, STDERR_FILENO);
    return error ? error : posix_spawn_file_actions_adddup2(actions, alive, ALIVE_FD);
}

static int start(const pool *self, int row, const char *log, int alive, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    const char *program = self->options->program ? self->options->program : "/proc/self/exe";
    char index[16], parent[24];
    snprintf(index, sizeof index, "%d", row + 1);
    snprintf(parent, sizeof parent, "%ld", (long)getpid());
    char *arguments[] = {
        (char[]){"lead"}, (char[]){"whatif-row"}, self->study->out, index, parent, NULL};
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = set_files(&actions, log, alive);
    if (!error)
        error = posix_spawn(pid, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static lead_status spawn(pool *self, int row, child *kid) {
    char folder[4096], log[4096];
    int ends[2];
    LEAD_TRY(lead_study_run_folder(self->study, row, folder));
    LEAD_TRY(log_file(self, row, log));
    LEAD_TRY(lead_directory_make(folder));
    LEAD_TRY(make_pipe(ends));
    int error = start(self, row, log, ends[1], &kid->pid);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        kid->pid = 0;
        errno = error;
        return failed("a process for a row");
    }
    kid->row = row;
    kid->alive = ends[0];
    self->running++;
    return LEAD_OK;
}

/* --- ... and ends ----------------------------------------------------------------------------- */

/* The last thing that the program said of what went wrong: a line that begins with "lead: ". */
static void last_words(const char *log, char *why, size_t size) {
    static const char begin[] = "lead: ", warning[] = "lead: warning: ";
    char *text, *line;
    size_t length;
    if (lead_file_read(log, LOG_MOST, &text, &length) != LEAD_OK)
        return;
    for (line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, begin, sizeof begin - 1) == 0 &&
            strncmp(line, warning, sizeof warning - 1) != 0)
            snprintf(why, size, "%.*s", (int)strcspn(line + sizeof begin - 1, "\n"),
                     line + sizeof begin - 1);
    free(text);
}

static void explain(int code, const char *log, char *why, size_t size) {
    if (WIFSIGNALED(code)) {
        snprintf(why, size, "it was ended by signal %d (%s)", WTERMSIG(code),
                 strsignal(WTERMSIG(code)));
        return;
    }
    snprintf(why, size, "its process ended with status %d and did not say why", WEXITSTATUS(code));
    last_words(log, why, size);
}

static int wait_for(child *kid) {
    int code = 0;
    close(kid->alive);
    while (waitpid(kid->pid, &code, 0) < 0 && errno == EINTR)
        continue;
    kid->pid = 0;
    return code;
}

/* A log that says nothing goes. */
static void drop_log(const char *log) {
    struct stat about;
    if (stat(log, &about) == 0 && about.st_size == 0)
        unlink(log);
}

static lead_status take_leave(pool *self, child *kid) {
    char log[4096], why[1024];
    int code = wait_for(kid);
    self->running--;
    self->done++;
    LEAD_TRY(log_file(self, kid->row, log));
    if (WIFEXITED(code) && WEXITSTATUS(code) == 0) {
        drop_log(log);
        return LEAD_OK;
    }
    explain(code, log, why, sizeof why);
    return keep_failure(self, kid->row, why);
}

/* Each ends what it started before it goes. */
static void end_all(pool *self) {
    for (int i = 0; i < self->jobs; i++)
        if (self->children[i].pid)
            kill(self->children[i].pid, SIGTERM);
    for (int i = 0; i < self->jobs; i++) {
        char byte;
        while (self->children[i].pid && read(self->children[i].alive, &byte, 1) < 0 &&
               errno == EINTR)
            continue;
        if (self->children[i].pid)
            wait_for(&self->children[i]);
    }
}

/* --- all of them ------------------------------------------------------------------------------ */

static void tell_progress(const pool *self) {
    if (self->options->progress)
        self->options->progress(self->done, self->all, lead_clock_seconds() - self->started,
                                self->options->progress_data);
}

static lead_status wait_for_news(pool *self, int *taken) {
    int count = self->jobs;
    for (int i = 0; i < count; i++)
        self->polls[i] = (struct pollfd){.fd = self->children[i].pid ? self->children[i].alive : -1,
                                         .events = POLLIN};
    self->polls[count] = (struct pollfd){.fd = self->signals.fd, .events = POLLIN};
    if (poll(self->polls, (nfds_t)count + 1, TICK) < 0)
        return errno == EINTR ? LEAD_OK : failed("waiting for the rows");
    *taken = lead_signals_take(&self->signals);
    for (int i = 0; i < count; i++)
        if (self->children[i].pid && self->polls[i].revents)
            LEAD_TRY(take_leave(self, &self->children[i]));
    tell_progress(self);
    return LEAD_OK;
}

static bool is_to_run(const pool *self, int row) {
    return self->study->rows[row].same_as == row && !lead_study_is_done(self->study, row);
}

/* Processes for the next rows as long as there is room. */
static lead_status fill(pool *self) {
    for (int i = 0; i < self->jobs; i++) {
        while (!self->children[i].pid && self->next < self->study->count) {
            int row = self->next++;
            if (!is_to_run(self, row) || spawn(self, row, &self->children[i]) == LEAD_OK)
                continue;
            self->done++;
            LEAD_TRY(keep_failure(self, row, lead_last_message()));
        }
    }
    return LEAD_OK;
}

static lead_status run_all(pool *self, int *taken) {
    while (!*taken) {
        LEAD_TRY(fill(self));
        if (self->running == 0)
            return LEAD_OK;
        LEAD_TRY(wait_for_news(self, taken));
    }
    return LEAD_OK;
}

static int by_row(const void *a, const void *b) {
    const lead_study_failure *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

static lead_status run(pool *self) {
    int taken = 0;
    for (int i = 0; i < self->study->count; i++)
        self->all += is_to_run(self, i);
    if (self->jobs > self->all)
        self->jobs = self->all > 0 ? self->all : 1;
    LEAD_TRY(lead_calloc((size_t)self->jobs, sizeof *self->children, &self->children));
    LEAD_TRY(lead_calloc((size_t)self->jobs + 1, sizeof *self->polls, &self->polls));
    LEAD_TRY(lead_signals_hold(&self->signals));
    lead_status status = run_all(self, &taken);
    end_all(self);
    if (taken)
        lead_log(LEAD_LOG_WARNING,
                 "ended by signal %d (%s): the rows that are done stay in %s; the same command "
                 "goes on with the others",
                 taken, strsignal(taken), self->study->out);
    lead_signals_release(&self->signals, taken);
    return taken ? lead_fail(LEAD_SIMULATOR, "the study was ended by signal %d", taken) : status;
}

lead_status lead_study_run(const lead_study *study, const lead_study_options *options,
                           lead_study_failure **failures, int *count) {
    LEAD_EXPECTS(study && options && failures && count);
    pool self = {.study = study,
                 .options = options,
                 .jobs = options->jobs > 0 ? options->jobs : lead_cores(),
                 .started = lead_clock_seconds()};
    lead_status status = run(&self);
    free(self.children);
    free(self.polls);
    *failures = NULL;
    *count = 0;
    if (status != LEAD_OK || self.failure_count == 0) {
        free(self.failures);
        return status;
    }
    qsort(self.failures, (size_t)self.failure_count, sizeof *self.failures, by_row);
    *failures = self.failures;
    *count = self.failure_count;
    return lead_fail(LEAD_SIMULATOR, "%d of %d runs failed", self.failure_count, self.all);
}
