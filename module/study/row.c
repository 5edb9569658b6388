/* One row's run, in this process. */
#include "base/expects.h"
#include "scenario/spare.h"
#include "study/key.h"
#include "study/table.h"
#include "study/values.h"
#include <errno.h>
#include <fcntl.h>
#include <lead/run.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { WAIT = 20 }; /* ms */

/* --- nobody else is at it --------------------------------------------------------------------- */

/* Whether a process holds a folder (lead_directory_lock). */
static bool is_held(const char *folder) {
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool held = flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(file);
    return held;
}

/* Waits until this process is the only one at the row, which it then is until *turn is closed: two
 * sweeps may meet. The row's scenario stands for the row, open for writing, without which NFS gives
 * no lock; where the file system knows no locks, so it goes without. */
static lead_status take_turn(const lead_study *study, int row, int *turn) {
    char path[4096];
    LEAD_TRY(lead_study_scenario_file(study, row, path));
    *turn = open(path, O_RDWR | O_CLOEXEC);
    if (*turn < 0 && (errno == EACCES || errno == EROFS))
        *turn = open(path, O_RDONLY | O_CLOEXEC);
    if (*turn < 0)
        return lead_fail(LEAD_IO, "%s: cannot be opened: %s", path, strerror(errno));
    while (flock(*turn, LOCK_EX) != 0 && errno == EINTR)
        continue;
    return LEAD_OK;
}

/* A process that was killed may have had one that is not gone yet, and holds the row's folders. */
static lead_status wait_until_free(const lead_study *study, int row) {
    const struct timespec moment = {.tv_nsec = WAIT * 1000000L};
    char folder[4096], policy[4096];
    LEAD_TRY(lead_study_run_folder(study, row, folder));
    LEAD_TRY(lead_study_path(study, policy, "runs/%s/%s", study->rows[row].key,
                             study->rows[row].policy));
    while (is_held(folder) || is_held(policy))
        nanosleep(&moment, NULL);
    return LEAD_OK;
}

/* --- the run ---------------------------------------------------------------------------------- */

/* What the row was planned for must be what there is now. */
static lead_status check_key(const lead_study *study, int row, const char *path,
                             const lead_scenario *scenario) {
    const lead_study_row *of = &study->rows[row];
    lead_hashes hashes = {0};
    char build[200], key[LEAD_STUDY_KEY], *text;
    size_t length;
    LEAD_TRY(lead_file_read(path, 1 << 24, &text, &length));
    lead_study_build(build);
    lead_status status = lead_study_key(scenario, text, of->policy, build, &hashes, key);
    lead_hashes_clear(&hashes);
    free(text);
    if (status == LEAD_OK && strcmp(key, of->key) != 0)
        status = lead_fail(LEAD_INVALID,
                           "%s: row %d was planned with another build, or with other data: plan "
                           "again (`lead whatif SCENARIO`)",
                           study->out, row + 1);
    return status;
}

/* The key of a policy's run among those of its scenario says what it needs; its own must end well.
 */
static lead_status check_summary(const lead_summary *summary, const char *policy) {
    for (int i = 0; i < summary->policy_count; i++)
        if (strcmp(summary->policies[i].name, policy) == 0)
            return LEAD_OK;
    for (int i = 0; i < summary->failure_count; i++)
        if (strcmp(summary->failures[i].name, policy) == 0)
            return lead_fail(LEAD_SIMULATOR, "%s", summary->failures[i].why);
    return lead_fail(LEAD_SIMULATOR, "policy \"%s\" has no results", policy);
}

static lead_status run(const lead_study *study, int row) {
    char path[4096], folder[4096];
    lead_scenario *scenario;
    lead_summary *summary = NULL;
    LEAD_TRY(lead_study_scenario_file(study, row, path));
    LEAD_TRY(lead_study_run_folder(study, row, folder));
    LEAD_TRY(lead_scenario_read(path, NULL, &scenario));
    lead_run_options options = {.out = folder, .jobs = 1};
    lead_scenario_spare(scenario);
    lead_status status = check_key(study, row, path, scenario);
    if (status == LEAD_OK) {
        status = lead_run(scenario, &options, &summary);
        if (summary)
            status = check_summary(summary, study->rows[row].policy);
    }
    lead_summary_free(summary);
    lead_scenario_free(scenario);
    return status == LEAD_OK ? lead_values_seal(study, row) : status;
}

lead_status lead_study_run_row(const lead_study *study, int row, bool *ran) {
    LEAD_EXPECTS(study && row >= 0 && row < study->count && ran);
    *ran = false;
    if (study->rows[row].same_as != row || lead_study_is_done(study, row))
        return LEAD_OK;
    int turn;
    LEAD_TRY(take_turn(study, row, &turn));
    lead_status status = LEAD_OK;
    if (!lead_study_is_done(study, row)) {
        *ran = true;
        status = wait_until_free(study, row);
        if (status == LEAD_OK)
            status = run(study, row);
    }
    close(turn);
    return status;
}

lead_status lead_study_child(const char *folder, int row, long parent) {
    LEAD_EXPECTS(folder);
    lead_study *study;
    bool ran;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        return lead_fail(LEAD_INVALID, "whatif-row is what `lead whatif` starts; run that");
    LEAD_TRY(lead_study_read(folder, &study));
    lead_status status = row >= 0 && row < study->count
                             ? lead_study_run_row(study, row, &ran)
                             : lead_fail(LEAD_INVALID, "%s has no row %d", folder, row + 1);
    lead_study_free(study);
    return status;
}
