/* A scenario's policies side by side, each in a process of its own. */
#include <errno.h>
#include <fcntl.h>
#include <lead/run.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { OPTIMUM_FD = 3, PROGRESS_FD = 4, FIRST_FREE_FD = 10, MOST_JOBS = 64 };

const char *lead_build(void) {
    return LEAD_VERSION " (" LEAD_COMPILER ")";
}

static lead_status failed(const char *what) {
    return lead_fail(LEAD_IO, "%s: %s", what, strerror(errno));
}

/* --- what all policies share -------------------------------------------------------------------
 */

/* The optimum of every epoch, and the load factor that the scenario's peak asks for. */
static lead_status prepare(lead_scenario *scenario, double **optimum) {
    lead_topology *topology = NULL;
    lead_tm_series *series = NULL;
    int first;
    lead_status status = LEAD_OK;
    *optimum = NULL;
    LEAD_TRY_FREE(lead_scenario_load(scenario, &topology, &series, &first));
    scenario->epochs = lead_tm_series_length(series) - first;
    scenario->start = lead_tm_series_time(series, first);
    LEAD_TRY_FREE(lead_calloc((size_t)scenario->epochs, sizeof **optimum, optimum));
    LEAD_TRY_FREE(lead_run_optimum(scenario, topology, series, first, scenario->epochs, *optimum));
    double peak = 0;
    for (int i = 0; i < scenario->epochs; i++)
        peak = fmax(peak, (*optimum)[i]);
    if (scenario->load_peak > 0 && peak > 0) {
        scenario->load_factor = scenario->load_peak / peak;
        for (int i = 0; i < scenario->epochs; i++)
            (*optimum)[i] *= scenario->load_factor;
    }
    scenario->load_peak = 0;
fail:
    lead_topology_free(topology);
    lead_tm_series_free(series);
    if (status != LEAD_OK) {
        free(*optimum);
        *optimum = NULL;
    }
    return status;
}

/* An unnamed file that holds the optimum, open for the children. */
static lead_status share_optimum(const double *optimum, int epochs, int *fd) {
    FILE *file = tmpfile();
    if (!file)
        return failed("a temporary file");
    bool written = fwrite(optimum, sizeof *optimum, (size_t)epochs, file) == (size_t)epochs &&
                   fflush(file) == 0;
    *fd = written ? fcntl(fileno(file), F_DUPFD_CLOEXEC, FIRST_FREE_FD) : -1;
    lead_status status = *fd >= 0 ? LEAD_OK : failed("a temporary file");
    fclose(file);
    return status;
}

/* --- children ----------------------------------------------------------------------------------
 */

typedef struct child {
    pid_t pid;    /* 0: not started or over */
    int progress; /* read end, -1 when closed */
    bool started;
} child;

typedef struct family {
    const lead_scenario *scenario;
    const lead_run_options *options;
    char scenario_path[4096];
    int optimum_fd, count, running;
    child children[MOST_JOBS];
    long done;
    double started;
} family;

static lead_status spawn(family *self, int policy) {
    child *kid = &self->children[policy];
    int ends[2];
    if (pipe(ends) != 0)
        return failed("a pipe");
    int from = fcntl(ends[0], F_DUPFD_CLOEXEC, FIRST_FREE_FD),
        to = fcntl(ends[1], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
    close(ends[0]);
    close(ends[1]);
    char index[16],
        *arguments[] = {
            (char[]){"lead"}, (char[]){"run-policy"}, self->scenario_path, index, NULL, NULL};
    lead_status status = lead_string_copy(self->options->out, &arguments[4]);
    posix_spawn_file_actions_t actions;
    snprintf(index, sizeof index, "%d", policy);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, self->optimum_fd, OPTIMUM_FD);
    posix_spawn_file_actions_adddup2(&actions, to, PROGRESS_FD);
    if (status == LEAD_OK) {
        errno = posix_spawn(&kid->pid,
                            self->options->program ? self->options->program : "/proc/self/exe",
                            &actions, NULL, arguments, environ);
        if (errno != 0)
            status = failed("a process for a policy");
    }
    posix_spawn_file_actions_destroy(&actions);
    free(arguments[4]);
    close(to);
    kid->progress = from;
    kid->started = true;
    self->running += status == LEAD_OK;
    return status;
}

/* Takes what a child has told: an int an epoch. At the end of its pipe it is waited for. */
static lead_status listen_to(family *self, int policy) {
    child *kid = &self->children[policy];
    int epochs[256], code;
    ssize_t got = read(kid->progress, epochs, sizeof epochs);
    if (got > 0) {
        self->done += got / (ssize_t)sizeof *epochs;
        return LEAD_OK;
    }
    close(kid->progress);
    kid->progress = -1;
    pid_t pid = kid->pid;
    kid->pid = 0;
    self->running--;
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(code) && WEXITSTATUS(code) == 0)
        return LEAD_OK;
    const char *name = self->scenario->policies[policy].name;
    if (WIFSIGNALED(code))
        return lead_fail(LEAD_SIMULATOR, "policy \"%s\" was ended by signal %d", name,
                         WTERMSIG(code));
    return lead_fail(LEAD_SIMULATOR, "policy \"%s\" failed", name);
}

static lead_status wait_for_news(family *self) {
    struct pollfd polls[MOST_JOBS];
    int of[MOST_JOBS], count = 0;
    for (int i = 0; i < self->count; i++)
        if (self->children[i].pid) {
            polls[count] = (struct pollfd){.fd = self->children[i].progress, .events = POLLIN};
            of[count++] = i;
        }
    if (poll(polls, (nfds_t)count, -1) < 0)
        return errno == EINTR ? LEAD_OK : failed("waiting for the policies");
    for (int i = 0; i < count; i++)
        if (polls[i].revents)
            LEAD_TRY(listen_to(self, of[i]));
    if (self->options->progress)
        self->options->progress(self->done, (long)self->scenario->epochs * self->count,
                                lead_clock_seconds() - self->started, self->options->progress_data);
    return LEAD_OK;
}

static lead_status run_all(family *self, int jobs) {
    int next = 0;
    while (next < self->count || self->running > 0) {
        while (next < self->count && self->running < jobs)
            LEAD_TRY(spawn(self, next++));
        LEAD_TRY(wait_for_news(self));
    }
    return LEAD_OK;
}

static void end_children(family *self) {
    for (int i = 0; i < self->count; i++) {
        child *kid = &self->children[i];
        if (kid->pid) {
            kill(kid->pid, SIGTERM);
            while (waitpid(kid->pid, NULL, 0) < 0 && errno == EINTR)
                continue;
        }
        if (kid->started && kid->progress >= 0)
            close(kid->progress);
    }
    close(self->optimum_fd);
}

/* What an earlier run left must not be taken for this one's. */
static void remove_old(const char *out) {
    static const char *const names[] = {"summary.json", "summary.csv", "scenario.yaml"};
    char path[4096];
    for (int i = 0; i < 3; i++)
        if ((size_t)snprintf(path, sizeof path, "%s/%s", out, names[i]) < sizeof path)
            unlink(path);
}

/* --- results -----------------------------------------------------------------------------------
 */

static lead_status make_summary(const lead_scenario *scenario, int policy_count,
                                lead_summary **out) {
    lead_summary *summary = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *summary, &summary));
    LEAD_TRY_FREE(lead_string_copy(scenario->name, &summary->scenario));
    LEAD_TRY_FREE(lead_string_copy(scenario->engine->name, &summary->engine));
    LEAD_TRY_FREE(lead_string_copy(lead_build(), &summary->build));
    LEAD_TRY_FREE(lead_calloc((size_t)policy_count, sizeof *summary->policies, &summary->policies));
    summary->seed = scenario->seed;
    summary->policy_count = policy_count;
    *out = summary;
    return LEAD_OK;
fail:
    lead_summary_free(summary);
    return status;
}

static lead_status merge(const lead_scenario *scenario, const char *out, lead_summary *summary) {
    char path[4096];
    for (int i = 0; i < scenario->policy_count; i++) {
        lead_summary *part;
        snprintf(path, sizeof path, "%s/%s/summary.json", out, scenario->policies[i].name);
        LEAD_TRY(lead_summary_read_json(path, &part));
        summary->policies[i] = part->policies[0];
        part->policies[0].name = NULL; /* handed over */
        lead_summary_free(part);
    }
    snprintf(path, sizeof path, "%s/summary.csv", out);
    LEAD_TRY(lead_summary_write_csv(summary, path));
    snprintf(path, sizeof path, "%s/summary.json", out);
    return lead_summary_write_json(summary, path);
}

static int cores(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : 1;
}

lead_status lead_run(const lead_scenario *scenario, const lead_run_options *options,
                     lead_summary **out) {
    lead_scenario resolved = *scenario; /* strings and lists stay the caller's */
    double *optimum = NULL;
    lead_summary *summary = NULL;
    family self = {.scenario = &resolved,
                   .options = options,
                   .optimum_fd = -1,
                   .count = scenario->policy_count,
                   .started = lead_clock_seconds()};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(prepare(&resolved, &optimum));
    LEAD_TRY_FREE(lead_directory_make(options->out));
    if ((size_t)snprintf(self.scenario_path, sizeof self.scenario_path, "%s/scenario.yaml",
                         options->out) >= sizeof self.scenario_path - 200) {
        status = lead_fail(LEAD_INVALID, "the path %.80s... is too long", options->out);
        goto fail;
    }
    remove_old(options->out);
    LEAD_TRY_FREE(lead_scenario_write(&resolved, self.scenario_path));
    LEAD_TRY_FREE(share_optimum(optimum, resolved.epochs, &self.optimum_fd));
    LEAD_TRY_FREE(run_all(&self, options->jobs > 0 ? options->jobs : cores()));
    LEAD_TRY_FREE(make_summary(&resolved, scenario->policy_count, &summary));
    LEAD_TRY_FREE(merge(&resolved, options->out, summary));
    *out = summary;
    summary = NULL;
fail:
    end_children(&self);
    lead_summary_free(summary);
    free(optimum);
    return status;
}

/* --- inside a child ----------------------------------------------------------------------------
 */

static void tell_parent(int epoch, void *data) {
    (void)data;
    ssize_t written = write(PROGRESS_FD, &epoch, sizeof epoch);
    (void)written; /* a parent that is gone ends this process by SIGPIPE */
}

lead_status lead_run_child(const char *scenario_path, int policy, const char *out) {
    lead_scenario *scenario = NULL;
    lead_summary *summary = NULL;
    double *optimum = NULL;
    char path[4096];
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_scenario_read(scenario_path, NULL, &scenario));
    if (policy < 0 || policy >= scenario->policy_count) {
        status = lead_fail(LEAD_INVALID, "%s has no policy %d", scenario_path, policy);
        goto fail;
    }
    size_t size = (size_t)scenario->epochs * sizeof *optimum;
    LEAD_TRY_FREE(lead_calloc((size_t)scenario->epochs, sizeof *optimum, &optimum));
    if (pread(OPTIMUM_FD, optimum, size, 0) != (ssize_t)size) {
        status = lead_fail(LEAD_IO, "the optimum of %d epochs cannot be read", scenario->epochs);
        goto fail;
    }
    LEAD_TRY_FREE(make_summary(scenario, 1, &summary));
    snprintf(path, sizeof path, "%s/%s", out, scenario->policies[policy].name);
    LEAD_TRY_FREE(
        lead_run_policy(scenario, policy, optimum, path, tell_parent, NULL, &summary->policies[0]));
    snprintf(path, sizeof path, "%s/%s/summary.json", out, scenario->policies[policy].name);
    status = lead_summary_write_json(summary, path);
fail:
    lead_summary_free(summary);
    lead_scenario_free(scenario);
    free(optimum);
    return status;
}
