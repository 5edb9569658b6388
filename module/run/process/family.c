/* family: see family.h. */
#include "run/process/family.h"
#include "run/process/news.h"
#include "run/process/signals.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { FIRST_FREE_FD = 5, NEWS_AT_ONCE = 256 };
enum { OVERRUNS = 10, LEAST_LIMIT = 10 }; /* budgets that a lap may take; s that it always may */
enum { TICK = 500 };                      /* ms */

typedef struct child {
    pid_t pid;    /* 0: not started or over */
    int news;     /* read end */
    int done;     /* epochs */
    bool busy;    /* with a lap, or with what comes before the first */
    bool in_lap;  /* with a lap */
    double age;   /* s that it has been busy with this one, while this process ran, too */
    bool telling; /* why it failed: the pipe holds nothing else any more */
    char *why;
} child;

typedef struct family {
    const lead_family_options *options;
    const lead_scenario *scenario;
    lead_signals signals;
    int count, running;
    child children[LEAD_FAMILY_MOST];
    double started, looked; /* clock */
} family;

static lead_status failed(const char *what) {
    return lead_fail(LEAD_IO, "%s: %s", what, strerror(errno));
}

/* --- a policy's process begins ---------------------------------------------------------------- */

int lead_family_descriptor(int descriptor) {
    int other = fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
    if (other < 0 && errno == EINVAL)
        errno = EMFILE; /* what it says when so many are not allowed */
    return other;
}

/* A pipe none of whose ends is one of the numbers that a child's descriptors get. */
static lead_status make_pipe(int ends[2]) {
    int low[2];
    ends[0] = ends[1] = -1;
    if (pipe(low) != 0)
        return failed("a pipe");
    int why = 0;
    for (int i = 0; i < 2; i++) {
        ends[i] = lead_family_descriptor(low[i]);
        why = ends[i] < 0 ? errno : why;
    }
    close(low[0]);
    close(low[1]);
    if (!why)
        return LEAD_OK;
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    errno = why;
    return failed("a pipe");
}

/* A pipe without a reader ends the child, whatever this process was told to ignore. */
static int set_signals(posix_spawnattr_t *attributes) {
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    int error = posix_spawnattr_setsigdefault(attributes, &usual);
    return error ? error : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
}

static int set_descriptors(const family *self, int news, posix_spawn_file_actions_t *actions) {
    int error = posix_spawn_file_actions_adddup2(actions, self->options->shared_fd, LEAD_SHARED_FD);
    return error ? error : posix_spawn_file_actions_adddup2(actions, news, LEAD_NEWS_FD);
}

static int start(const family *self, int policy, int news, pid_t *pid) {
    const lead_run_options *run = self->options->run;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char index[16], parent[24];
    snprintf(index, sizeof index, "%d", policy);
    snprintf(parent, sizeof parent, "%ld", (long)getpid());
    /* posix_spawn takes them as not constant, and changes none. */
    char *arguments[] = {(char[]){"lead"},
                         (char[]){"run-policy"},
                         (char *)(uintptr_t)self->options->scenario_path,
                         index,
                         (char *)(uintptr_t)run->out,
                         parent,
                         NULL};
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = set_descriptors(self, news, &actions);
        if (!error)
            error = set_signals(&attributes);
        if (!error)
            error = posix_spawn(pid, run->program ? run->program : "/proc/self/exe", &actions,
                                &attributes, arguments, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static lead_status spawn(family *self, int policy) {
    child *kid = &self->children[policy];
    int ends[2];
    pid_t pid = 0;
    LEAD_TRY(make_pipe(ends));
    errno = start(self, policy, ends[1], &pid);
    close(ends[1]);
    if (errno != 0) {
        lead_status status = failed("a process for a policy");
        close(ends[0]);
        return status;
    }
    kid->pid = pid;
    kid->news = ends[0];
    kid->busy = true;
    self->running++;
    return LEAD_OK;
}

/* --- ... and ends ----------------------------------------------------------------------------- */

/* Not of the only one, of which the run's own failure says the same. */
static void say_failed(const family *self, int policy) {
    if (self->scenario->policy_count == 1)
        return;
    lead_log(LEAD_LOG_WARNING, "policy \"%s\" failed: %s", self->scenario->policies[policy].name,
             self->children[policy].why);
}

/* Why it ended, unless that is known. */
static void explain(child *kid, int code) {
    if (kid->why[0])
        return;
    if (WIFSIGNALED(code))
        snprintf(kid->why, LEAD_WHY, "it was ended by signal %d (%s)%s", WTERMSIG(code),
                 strsignal(WTERMSIG(code)),
                 WTERMSIG(code) == SIGKILL ? "; the machine may have run out of memory" : "");
    else if (!WIFEXITED(code) || WEXITSTATUS(code) != 0)
        snprintf(kid->why, LEAD_WHY, "its process ended with status %d and did not say why",
                 WEXITSTATUS(code));
}

static int wait_for(child *kid) {
    int code = 0;
    close(kid->news);
    while (waitpid(kid->pid, &code, 0) < 0 && errno == EINTR)
        continue;
    kid->pid = 0;
    return code;
}

/* What a controller says begins with its policy's name, and so does what is made of it here. */
static void drop_name(char *why, const char *name) {
    char beginning[160];
    int length = snprintf(beginning, sizeof beginning, "policy \"%s\": ", name);
    if (strncmp(why, beginning, (size_t)length) == 0)
        memmove(why, why + length, strlen(why + length) + 1);
}

static void take_leave(family *self, int policy) {
    child *kid = &self->children[policy];
    explain(kid, wait_for(kid));
    drop_name(kid->why, self->scenario->policies[policy].name);
    self->running--;
    if (kid->why[0])
        say_failed(self, policy);
}

/* They have nothing to clean up: rows are in their files whole as soon as they are there. */
static void end_all(family *self) {
    for (int i = 0; i < self->count; i++)
        if (self->children[i].pid) {
            kill(self->children[i].pid, SIGKILL);
            wait_for(&self->children[i]);
        }
}

/* --- what they tell --------------------------------------------------------------------------- */

static void hear(child *kid, lead_news news) {
    kid->telling = news.what == LEAD_NEWS_FAILED;
    if (news.what == LEAD_RUN_EPOCH_DONE)
        kid->done = news.epoch + 1;
    if (news.what != LEAD_RUN_LAP_BEGINS && news.what != LEAD_RUN_LAP_ENDS)
        return;
    kid->busy = kid->in_lap = news.what == LEAD_RUN_LAP_BEGINS;
    kid->age = 0;
}

static void hear_why(child *kid, const char *text, size_t length) {
    size_t used = strlen(kid->why);
    snprintf(kid->why + used, LEAD_WHY - used, "%.*s", (int)length, text);
}

/* At the end of its pipe a child is waited for. */
static void listen_to(family *self, int policy) {
    child *kid = &self->children[policy];
    char bytes[NEWS_AT_ONCE * sizeof(lead_news)];
    ssize_t got = read(kid->news, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR)
        return;
    if (got <= 0) {
        take_leave(self, policy);
        return;
    }
    size_t at = 0;
    for (; !kid->telling && at + sizeof(lead_news) <= (size_t)got; at += sizeof(lead_news)) {
        lead_news news;
        memcpy(&news, bytes + at, sizeof news);
        hear(kid, news);
    }
    if (kid->telling)
        hear_why(kid, bytes + at, (size_t)got - at);
}

/* --- those that do not come back -------------------------------------------------------------- */

static double limit_of(const family *self, int policy) {
    const child *kid = &self->children[policy];
    double budget = kid->in_lap ? self->scenario->policies[policy].budget : 0,
           watchdog = self->scenario->watchdog;
    if (watchdog <= 0)
        return INFINITY;
    return budget > 0 ? fmin(watchdog, fmax(OVERRUNS * budget, LEAST_LIMIT)) : watchdog;
}

/* Time counts as long as this process runs: one that was stopped, or asleep, must not find all
 * children late. */
static void watch(family *self) {
    double now = lead_clock_seconds(), passed = fmin(now - self->looked, 2e-3 * TICK);
    self->looked = now;
    for (int i = 0; i < self->count; i++) {
        child *kid = &self->children[i];
        if (!kid->pid || !kid->busy)
            continue;
        kid->age += passed;
        double limit = limit_of(self, i);
        if (kid->age <= limit || kid->why[0])
            continue;
        snprintf(kid->why, LEAD_WHY, "%s after %d epochs took more than %g s and was ended (%s)",
                 kid->in_lap ? "its lap" : "its start", kid->done, limit,
                 limit < self->scenario->watchdog ? "ten times its budget"
                                                  : "watchdog: 60 min allows more, 0 any time");
        kill(kid->pid, SIGKILL);
    }
}

/* --- all of them ------------------------------------------------------------------------------ */

static void tell_progress(const family *self) {
    const lead_run_options *run = self->options->run;
    long done = 0, all = 0;
    if (!run->progress)
        return;
    for (int i = 0; i < self->count; i++) {
        const child *kid = &self->children[i];
        done += kid->done;
        all += kid->why[0] ? kid->done : self->scenario->epochs;
    }
    run->progress(done, all, lead_clock_seconds() - self->started, run->progress_data);
}

/* Waits for news of a child or a signal, which goes to *taken. */
static lead_status wait_for_news(family *self, int *taken) {
    struct pollfd polls[LEAD_FAMILY_MOST + 1];
    int of[LEAD_FAMILY_MOST], count = 0;
    for (int i = 0; i < self->count; i++)
        if (self->children[i].pid) {
            polls[count] = (struct pollfd){.fd = self->children[i].news, .events = POLLIN};
            of[count++] = i;
        }
    polls[count] = (struct pollfd){.fd = self->signals.fd, .events = POLLIN};
    if (poll(polls, (nfds_t)count + 1, TICK) < 0)
        return errno == EINTR ? LEAD_OK : failed("waiting for the policies");
    *taken = lead_signals_take(&self->signals);
    for (int i = 0; i < count; i++)
        if (polls[i].revents)
            listen_to(self, of[i]);
    watch(self);
    tell_progress(self);
    return LEAD_OK;
}

static lead_status run_all(family *self, int *taken) {
    int next = 0;
    while (!*taken && (next < self->count || self->running > 0)) {
        while (next < self->count && self->running < self->options->jobs) {
            int policy = next++;
            if (spawn(self, policy) == LEAD_OK)
                continue;
            snprintf(self->children[policy].why, LEAD_WHY, "%s", lead_last_message());
            say_failed(self, policy);
        }
        if (self->running > 0)
            LEAD_TRY(wait_for_news(self, taken));
    }
    return LEAD_OK;
}

lead_status lead_family_run(const lead_family_options *options, char (*whys)[LEAD_WHY]) {
    family self = {.options = options,
                   .scenario = options->scenario,
                   .count = options->scenario->policy_count,
                   .started = lead_clock_seconds()};
    int taken = 0;
    self.looked = self.started;
    for (int i = 0; i < self.count; i++) {
        whys[i][0] = '\0';
        self.children[i].why = whys[i];
    }
    LEAD_TRY(lead_signals_hold(&self.signals));
    lead_status status = run_all(&self, &taken);
    end_all(&self);
    if (taken)
        lead_log(LEAD_LOG_WARNING,
                 "ended by signal %d (%s): the epochs that were done stay in %s/NAME/*.csv, there "
                 "is no summary",
                 taken, strsignal(taken), options->run->out);
    lead_signals_release(&self.signals, taken);
    return taken ? lead_fail(LEAD_SIMULATOR, "the run was ended by signal %d", taken) : status;
}
