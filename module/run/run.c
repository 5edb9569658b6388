/* A scenario's policies side by side, each in a process of its own. */
#include "base/expects.h"
#include "run/process/family.h"
#include "run/process/folder.h"
#include "run/process/news.h"
#include "run/process/sandbox.h"
#include <errno.h>
#include <lead/version.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

const char *lead_version(int *major, int *minor, int *patch) {
    if (major)
        *major = LEAD_VERSION_MAJOR;
    if (minor)
        *minor = LEAD_VERSION_MINOR;
    if (patch)
        *patch = LEAD_VERSION_PATCH;
    return LEAD_VERSION;
}

const char *lead_build(void) {
    return LEAD_VERSION " (" LEAD_COMPILER ")";
}

static lead_status failed(const char *what) {
    return lead_fail(LEAD_IO, "%s: %s", what, strerror(errno));
}

/* --- what all policies share -------------------------------------------------------------------
 */

/* What the policies have in common. */
typedef struct common {
    lead_subject subject;
    double *optimum; /* [epochs] */
} common;

static void common_free(common *all) {
    lead_subject_free(&all->subject);
    free(all->optimum);
}

/* The optimum of every epoch; the scenario gets its epochs and start. */
static lead_status load(lead_scenario *scenario, common *all) {
    lead_subject *subject = &all->subject;
    LEAD_TRY(lead_scenario_load(scenario, subject));
    scenario->epochs = lead_tm_series_length(subject->series) - subject->first;
    scenario->start = lead_tm_series_time(subject->series, subject->first);
    LEAD_TRY(lead_calloc((size_t)scenario->epochs, sizeof *all->optimum, &all->optimum));
    return lead_run_optimum(subject->timeline, scenario->engine_options.epoch, subject->topology,
                            subject->series, subject->first, scenario->epochs, all->optimum);
}

/* The factor that brings the largest optimum of the epochs to what is asked for, without the
 * events: loads with and without are the same. */
static lead_status scale_to_peak(lead_scenario *scenario, common *all) {
    lead_scenario quiet = *scenario;
    double peak = 0;
    quiet.event_count = 0;
    LEAD_TRY(load(&quiet, all));
    for (int i = 0; i < quiet.epochs; i++)
        peak = fmax(peak, all->optimum[i]);
    if (peak > 0)
        scenario->load_factor = scenario->load_peak / peak;
    scenario->load_peak = 0;
    if (scenario->event_count > 0) {
        common_free(all);
        *all = (common){0};
        return load(scenario, all);
    }
    scenario->epochs = quiet.epochs;
    scenario->start = quiet.start;
    for (int i = 0; i < quiet.epochs; i++)
        all->optimum[i] *= scenario->load_factor;
    return LEAD_OK;
}

static lead_status prepare(lead_scenario *scenario, common *all) {
    LEAD_TRY(scenario->load_peak > 0 ? scale_to_peak(scenario, all) : load(scenario, all));
    lead_tm_series_free(all->subject.series); /* each policy has its own */
    all->subject.series = NULL;
    return LEAD_OK;
}

static lead_status write_events(const lead_scenario *scenario, const common *all, const char *out) {
    char path[4096];
    if (scenario->event_count == 0)
        return LEAD_OK;
    snprintf(path, sizeof path, "%s/events.csv", out);
    return lead_timeline_write(all->subject.timeline, path);
}

/* An unnamed file that holds the optimum, open for the children. */
static lead_status share_optimum(const double *optimum, int epochs, int *fd) {
    FILE *file = tmpfile();
    if (!file)
        return failed("a temporary file");
    bool written = fwrite(optimum, sizeof *optimum, (size_t)epochs, file) == (size_t)epochs &&
                   fflush(file) == 0;
    *fd = written ? lead_family_descriptor(fileno(file)) : -1;
    lead_status status = *fd >= 0 ? LEAD_OK : failed("a temporary file");
    fclose(file);
    return status;
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
    *out = summary;
    return LEAD_OK;
fail:
    lead_summary_free(summary);
    return status;
}

/* A policy's own summary into summary->policies[policy_count]. */
static lead_status add_part(const char *out, const char *name, lead_summary *summary) {
    char path[4096];
    lead_summary *part;
    snprintf(path, sizeof path, "%s/%s/summary.json", out, name);
    LEAD_TRY(lead_summary_read_json(path, &part));
    if (part->policy_count != 1) {
        lead_summary_free(part);
        return lead_fail(LEAD_FORMAT, "%s: %d policies", path, part->policy_count);
    }
    summary->policies[summary->policy_count++] = part->policies[0];
    part->policies[0] = (lead_policy_summary){0}; /* handed over */
    lead_summary_free(part);
    return LEAD_OK;
}

static lead_status add_failure(const char *name, const char *why, lead_summary *summary) {
    lead_policy_failure *failure = &summary->failures[summary->failure_count++];
    LEAD_TRY(lead_string_copy(name, &failure->name));
    return lead_string_copy(why, &failure->why);
}

/* The summary of the policies that ended well, and why the others did not. */
static lead_status merge(const lead_scenario *scenario, const char *out, char (*whys)[LEAD_WHY],
                         lead_summary *summary) {
    char path[4096];
    LEAD_TRY(
        lead_calloc((size_t)scenario->policy_count, sizeof *summary->failures, &summary->failures));
    for (int i = 0; i < scenario->policy_count; i++) {
        const char *name = scenario->policies[i].name;
        if (!whys[i][0] && add_part(out, name, summary) != LEAD_OK)
            snprintf(whys[i], LEAD_WHY, "%s", lead_last_message());
        if (whys[i][0])
            LEAD_TRY(add_failure(name, whys[i], summary));
    }
    snprintf(path, sizeof path, "%s/summary.csv", out);
    LEAD_TRY(lead_summary_write_csv(summary, path));
    snprintf(path, sizeof path, "%s/summary.json", out);
    return lead_summary_write_json(summary, path);
}

/* LEAD_SIMULATOR naming the policies that failed. */
static lead_status tell_failures(const lead_summary *summary, const char *out) {
    char names[512] = "";
    if (summary->failure_count == 0)
        return LEAD_OK;
    if (summary->policy_count == 0 && summary->failure_count == 1)
        return lead_fail(LEAD_SIMULATOR, "policy \"%s\" failed: %s", summary->failures[0].name,
                         summary->failures[0].why);
    for (int i = 0; i < summary->failure_count; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s\"%s\"", i ? ", " : "",
                 summary->failures[i].name);
    return lead_fail(LEAD_SIMULATOR, "%d of %d policies failed: %s; the summary in %s says why",
                     summary->failure_count, summary->failure_count + summary->policy_count, names,
                     out);
}

static bool has_models(const lead_scenario *scenario) {
    for (int i = 0; i < scenario->policy_count; i++)
        if (scenario->policies[i].predictor_options.checkpoint)
            return true;
    return false;
}

/* From the scenario, with everything filled in, to the summary in `out`. */
static lead_status run_within(const lead_scenario *resolved, const common *all,
                              const lead_run_options *options, lead_summary **out) {
    char path[4096], (*whys)[LEAD_WHY] = NULL;
    lead_summary *summary = NULL;
    lead_family_options family = {.scenario = resolved,
                                  .run = options,
                                  .scenario_path = path,
                                  .optimum_fd = -1,
                                  .jobs = options->jobs > 0 ? options->jobs : lead_cores()};
    lead_status status = LEAD_OK;
    snprintf(path, sizeof path, "%s/scenario.yaml", options->out);
    if (has_models(resolved) && *lead_sandbox_lacks())
        lead_log(LEAD_LOG_WARNING, "this system has no %s; see docs/security.md",
                 lead_sandbox_lacks());
    LEAD_TRY_FREE(lead_scenario_write(resolved, path));
    LEAD_TRY_FREE(write_events(resolved, all, options->out));
    LEAD_TRY_FREE(share_optimum(all->optimum, resolved->epochs, &family.optimum_fd));
    LEAD_TRY_FREE(lead_calloc(LEAD_FAMILY_MOST, sizeof *whys, &whys));
    LEAD_TRY_FREE(lead_family_run(&family, whys));
    LEAD_TRY_FREE(make_summary(resolved, resolved->policy_count, &summary));
    LEAD_TRY_FREE(merge(resolved, options->out, whys, summary));
    status = tell_failures(summary, options->out);
    *out = summary;
    summary = NULL;
fail:
    lead_summary_free(summary);
    free(whys);
    if (family.optimum_fd >= 0)
        close(family.optimum_fd);
    return status;
}

/* What a policy's folder and files add to the folder's path must fit as well. */
static lead_status check_options(const lead_scenario *scenario, const lead_run_options *options) {
    if (scenario->policy_count < 1 || scenario->policy_count > LEAD_FAMILY_MOST)
        return lead_fail(LEAD_INVALID, "%d policies, a run has 1 to %d", scenario->policy_count,
                         LEAD_FAMILY_MOST);
    return strlen(options->out) < 3800
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "the path %.80s... is too long", options->out);
}

lead_status lead_run(const lead_scenario *scenario, const lead_run_options *options,
                     lead_summary **out) {
    LEAD_EXPECTS(scenario && options && out);
    lead_scenario resolved = *scenario; /* strings and lists stay the caller's */
    common all = {0};
    int lock = -1;
    lead_status status = LEAD_OK;
    *out = NULL;
    LEAD_TRY(check_options(scenario, options));
    LEAD_TRY_FREE(prepare(&resolved, &all));
    LEAD_TRY_FREE(lead_folder_take(&resolved, options->out, &lock));
    status = run_within(&resolved, &all, options, out);
fail:
    if (lock >= 0)
        close(lock);
    common_free(&all);
    return status;
}

/* --- inside a child ----------------------------------------------------------------------------
 */

/* What a policy's process works with. */
typedef struct child {
    const lead_scenario *scenario;
    const char *folder;
} child;

/* Files of all policies: `auto` asks the others' models. */
static lead_status enter_sandbox(const child *self) {
    const lead_scenario *scenario = self->scenario;
    const char *reads[3 + 2 * LEAD_FAMILY_MOST] = {scenario->topology_file, scenario->tm_file,
                                                   scenario->suspect_file};
    lead_sandbox sandbox = {
        .reads = reads, .read_count = 3, .writes = self->folder, .memory = scenario->memory};
    for (int i = 0; i < scenario->policy_count; i++) {
        reads[sandbox.read_count++] = scenario->policies[i].predictor_options.fit_file;
        reads[sandbox.read_count++] = scenario->policies[i].predictor_options.checkpoint;
    }
    LEAD_TRY(lead_directory_make(self->folder));
    return lead_sandbox_enter(&sandbox);
}

/* A parent that is gone has nobody to run for. */
static lead_status on_event(lead_run_event event, int epoch, void *data) {
    lead_news news = {(int32_t)event, epoch};
    if (event == LEAD_RUN_LOADED) {
        lead_log_pause(false);
        return enter_sandbox(data);
    }
    if (write(LEAD_NEWS_FD, &news, sizeof news) == sizeof news)
        return LEAD_OK;
    return lead_fail(LEAD_IO, "the run that this policy is of is over: %s", strerror(errno));
}

/* In one write, so that the parent hears all of it. */
static bool tell_why(void) {
    struct {
        lead_news news;
        char text[LEAD_WHY];
    } all = {.news = {LEAD_NEWS_FAILED, 0}};
    snprintf(all.text, sizeof all.text, "%s", lead_last_message());
    size_t length = sizeof all.news + strlen(all.text);
    return write(LEAD_NEWS_FD, &all, length) == (ssize_t)length;
}

/* This process does not outlive its parent, however that ends. */
static lead_status tie_to(long parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
        return lead_fail(LEAD_INVALID, "run-policy is what `lead run` starts; run that");
    return LEAD_OK;
}

static lead_status read_optimum(const lead_scenario *scenario, double **optimum) {
    size_t size = (size_t)scenario->epochs * sizeof **optimum;
    LEAD_TRY(lead_calloc((size_t)scenario->epochs, sizeof **optimum, optimum));
    if (pread(LEAD_OPTIMUM_FD, *optimum, size, 0) != (ssize_t)size)
        return lead_fail(LEAD_IO, "the optimum of %d epochs cannot be read", scenario->epochs);
    return LEAD_OK;
}

static lead_status run_child(const char *scenario_path, int policy, const char *out) {
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
    LEAD_TRY_FREE(read_optimum(scenario, &optimum));
    LEAD_TRY_FREE(make_summary(scenario, 1, &summary));
    summary->policy_count = 1;
    snprintf(path, sizeof path, "%s/%s", out, scenario->policies[policy].name);
    child self = {scenario, path};
    LEAD_TRY_FREE(
        lead_run_policy(scenario, policy, optimum, path, on_event, &self, &summary->policies[0]));
    snprintf(path, sizeof path, "%s/%s/summary.json", out, scenario->policies[policy].name);
    status = lead_summary_write_json(summary, path);
fail:
    lead_summary_free(summary);
    lead_scenario_free(scenario);
    free(optimum);
    return status;
}

lead_status lead_run_child(const char *scenario_path, int policy, const char *out, long parent,
                           bool *told) {
    LEAD_EXPECTS(scenario_path && out && told);
    *told = false;
    LEAD_TRY(tie_to(parent));
    lead_log_pause(true); /* of the scenario's files the parent has said all */
    lead_status status = run_child(scenario_path, policy, out);
    if (status != LEAD_OK)
        *told = tell_why();
    return status;
}
