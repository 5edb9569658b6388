/* A scenario's policies side by side, each in a process of its own. */
#include "base/expects.h"
#include "run/process/family.h"
#include "run/process/folder.h"
#include "run/process/news.h"
#include "run/process/sandbox.h"
#include "run/process/shared.h"
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

/* --- what all policies share -------------------------------------------------------------------
 */

/* What the policies have in common. */
typedef struct common {
    lead_subject subject;
    double *optimum; /* [epochs] */
    int shared_fd;   /* what their processes get of it; -1: none yet */
} common;

static void common_free(common *all) {
    if (all->shared_fd >= 0)
        close(all->shared_fd);
    lead_subject_free(&all->subject);
    free(all->optimum);
}

static lead_status find_optimum(const lead_scenario *scenario, common *all) {
    const lead_subject *subject = &all->subject;
    return lead_run_optimum(subject->timeline, scenario->engine_options.epoch, subject->topology,
                            subject->series, subject->first, scenario->epochs, all->optimum);
}

/* The factor that brings the largest optimum of the epochs to what is asked for, without the
 * events: loads with and without are the same. */
static lead_status scale_to_peak(lead_scenario *scenario, common *all) {
    double peak = 0;
    LEAD_TRY(find_optimum(scenario, all));
    for (int i = 0; i < scenario->epochs; i++)
        peak = fmax(peak, all->optimum[i]);
    scenario->load_factor = peak > 0 ? scenario->load_peak / peak : 1;
    scenario->load_peak = 0;
    for (int i = 0; i < scenario->epochs; i++)
        all->optimum[i] *= scenario->load_factor;
    return LEAD_OK;
}

/* Fills in the scenario's epochs, start and factor. The TMs go to the processes as they were read:
 * each makes of them what the scenario says. */
static lead_status prepare(lead_scenario *scenario, common *all) {
    lead_subject *subject = &all->subject;
    bool peak = scenario->load_peak > 0;
    LEAD_TRY(lead_scenario_read_traffic(scenario, subject));
    LEAD_TRY(lead_shared_make(subject, &all->shared_fd));
    scenario->epochs = lead_tm_series_length(subject->series) - subject->first;
    scenario->start = lead_tm_series_time(subject->series, subject->first);
    LEAD_TRY(lead_calloc((size_t)scenario->epochs, sizeof *all->optimum, &all->optimum));
    if (peak)
        LEAD_TRY(scale_to_peak(scenario, all));
    LEAD_TRY(lead_scenario_shape_traffic(scenario, subject));
    if (!peak || scenario->event_count > 0)
        LEAD_TRY(find_optimum(scenario, all));
    LEAD_TRY(lead_shared_add_optimum(all->shared_fd, all->optimum));
    lead_tm_series_free(subject->series); /* each policy has its own */
    subject->series = NULL;
    return LEAD_OK;
}

static lead_status write_events(const lead_scenario *scenario, const common *all, const char *out) {
    char path[4096];
    if (scenario->event_count == 0)
        return LEAD_OK;
    snprintf(path, sizeof path, "%s/events.csv", out);
    return lead_timeline_write(all->subject.timeline, path);
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
                                  .shared_fd = all->shared_fd,
                                  .jobs = options->jobs > 0 ? options->jobs : lead_cores()};
    lead_status status = LEAD_OK;
    snprintf(path, sizeof path, "%s/scenario.yaml", options->out);
    if (has_models(resolved) && *lead_sandbox_lacks())
        lead_log(LEAD_LOG_WARNING, "this system has no %s; see docs/security.md",
                 lead_sandbox_lacks());
    LEAD_TRY_FREE(lead_scenario_write(resolved, path));
    LEAD_TRY_FREE(write_events(resolved, all, options->out));
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
    common all = {.shared_fd = -1};
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

/* What comes next are models. Files of all policies: `auto` asks the others' models. */
static lead_status enter_sandbox(const lead_scenario *scenario, const char *folder) {
    const char *reads[3 * LEAD_FAMILY_MOST];
    lead_sandbox sandbox = {.reads = reads, .writes = folder, .memory = scenario->memory};
    for (int i = 0; i < scenario->policy_count; i++) {
        reads[sandbox.read_count++] = scenario->policies[i].predictor_options.fit_file;
        reads[sandbox.read_count++] = scenario->policies[i].predictor_options.checkpoint;
        reads[sandbox.read_count++] = scenario->policies[i].te_options.tunnels_file;
    }
    LEAD_TRY(lead_directory_make(folder));
    return lead_sandbox_enter(&sandbox);
}

/* A parent that is gone has nobody to run for. */
static lead_status on_event(lead_run_event event, int epoch, void *data) {
    lead_news news = {(int32_t)event, epoch};
    (void)data;
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

/* The network is read again, the TMs are the parent's. */
static lead_status load(const lead_scenario *scenario, lead_subject *subject, double **optimum) {
    LEAD_TRY(lead_topology_read(scenario->topology_file, &scenario->topology_reading,
                                &subject->topology));
    LEAD_TRY(lead_shared_read(LEAD_SHARED_FD, subject, optimum));
    LEAD_TRY(lead_scenario_shape_traffic(scenario, subject));
    lead_log_pause(false);
    return LEAD_OK;
}

static lead_status run_loaded(const lead_scenario *scenario, int policy, const char *out,
                              const lead_subject *subject, const double *optimum) {
    lead_summary *summary = NULL;
    char path[4096];
    lead_status status = LEAD_OK;
    LEAD_TRY(make_summary(scenario, 1, &summary));
    summary->policy_count = 1;
    snprintf(path, sizeof path, "%s/%s", out, scenario->policies[policy].name);
    LEAD_TRY_FREE(enter_sandbox(scenario, path));
    LEAD_TRY_FREE(lead_run_policy(scenario, policy, subject, optimum, path, on_event, NULL,
                                  &summary->policies[0]));
    snprintf(path, sizeof path, "%s/%s/summary.json", out, scenario->policies[policy].name);
    status = lead_summary_write_json(summary, path);
fail:
    lead_summary_free(summary);
    return status;
}

static lead_status run_child(const char *scenario_path, int policy, const char *out) {
    lead_scenario *scenario = NULL;
    lead_subject subject = {0};
    double *optimum = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_scenario_read(scenario_path, NULL, &scenario));
    if (policy < 0 || policy >= scenario->policy_count) {
        status = lead_fail(LEAD_INVALID, "%s has no policy %d", scenario_path, policy);
        goto fail;
    }
    LEAD_TRY_FREE(load(scenario, &subject, &optimum));
    status = run_loaded(scenario, policy, out, &subject, optimum);
fail:
    lead_subject_free(&subject);
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
