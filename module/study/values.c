/* values: see values.h. */
#include "study/values.h"
#include "base/digest/sha256.h"
#include "study/table.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Columns of epochs.csv. */
enum {
    MLU,
    OPTIMUM,
    OVER,
    LOSS,
    CONGESTION,
    TRANSIENT,
    DISCONNECTED,
    CUT_OFF,
    DELAY,
    DELAY_P99,
    MOVED,
    CHANGED,
    NETWORK,
    COLUMNS
};

static const char *const columns[COLUMNS] = {"mlu",
                                             "optimum",
                                             "mlu_over_optimum",
                                             "loss_fraction",
                                             "loss_congestion",
                                             "loss_transient",
                                             "loss_disconnected",
                                             "disconnected_bps",
                                             "delay_mean_s",
                                             "delay_p99_s",
                                             "moved_fraction",
                                             "links_changed",
                                             "network_changed"};

static const char *const names[LEAD_STUDY_VALUES] = {"mlu_mean",
                                                     "mlu_p99",
                                                     "mlu_max",
                                                     "mlu_over_optimum_mean",
                                                     "mlu_over_optimum_p99",
                                                     "mlu_over_optimum_known_mean",
                                                     "loss_fraction",
                                                     "loss_congestion",
                                                     "loss_transient",
                                                     "loss_disconnected",
                                                     "cut_off_fraction",
                                                     "delay_mean_s",
                                                     "delay_p99_s",
                                                     "moved_fraction",
                                                     "links_changed",
                                                     "recovery_epochs",
                                                     "unrecovered"};

const char *lead_study_value_name(int value) {
    return value >= 0 && value < LEAD_STUDY_VALUES ? names[value] : NULL;
}

static const struct {
    lead_study_value value;
    int column;
} compared[LEAD_STUDY_CHANGES] = {{LEAD_STUDY_MLU_MEAN, MLU},
                                  {LEAD_STUDY_OVER_MEAN, OVER},
                                  {LEAD_STUDY_LOSS, LOSS},
                                  {LEAD_STUDY_DELAY, DELAY}};

lead_study_value lead_study_change_of(int index) {
    return compared[index].value;
}

const double *lead_values_column(const lead_epochs *epochs, lead_study_value value) {
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++)
        if (compared[i].value == value)
            return epochs->values[compared[i].column];
    return NULL;
}

int lead_values_columns(void) {
    return COLUMNS;
}

/* --- a number of many ------------------------------------------------------------------------- */

/* Those whose `skip` (may be NULL) is not above 0; weights NULL: all the same. NaN of none. */
static double mean_of(const double *values, const double *weights, const double *skip, int count) {
    double sum = 0, weight = 0;
    for (int i = 0; i < count; i++) {
        double w = weights ? weights[i] : 1;
        if (isnan(values[i]) || !(w > 0) || (skip && skip[i] > 0))
            continue;
        sum += values[i] * w;
        weight += w;
    }
    return weight > 0 ? sum / weight : NAN;
}

static lead_status p99_of(const double *values, int count, double *p99, double *max) {
    double *sorted;
    size_t there = 0;
    *p99 = *max = NAN;
    LEAD_TRY(lead_calloc((size_t)count, sizeof *sorted, &sorted));
    for (int i = 0; i < count; i++)
        if (!isnan(values[i]))
            sorted[there++] = values[i];
    if (there > 0) {
        *p99 = lead_quantile(sorted, there, 0.99);
        *max = sorted[there - 1];
    }
    free(sorted);
    return LEAD_OK;
}

static double ratio_of_sums(const double *part, const double *whole, int count) {
    double a = 0, b = 0;
    for (int i = 0; i < count; i++)
        if (!isnan(part[i]) && whole[i] > 0) {
            a += part[i];
            b += whole[i];
        }
    return b > 0 ? a / b : NAN;
}

/* How far above the optimum counts as recovered. */
static const double within = 1.05;

/* The longest way from an epoch in which the network changed to one whose MLU is near the optimum;
 * a change after which there is none before the next change, or the end, is counted instead. */
static void recover(const lead_epochs *epochs, double *longest, double *never) {
    const double *changed = epochs->values[NETWORK], *over = epochs->values[OVER];
    bool known = false;
    int since = -1; /* the change that is not over */
    *longest = *never = NAN;
    for (int i = 0; i < epochs->count; i++) {
        if (!known && !isnan(changed[i])) {
            known = true;
            *never = 0;
        }
        if (changed[i] > 0) {
            *never += since >= 0;
            since = i;
        }
        if (since >= 0 && over[i] <= within) {
            *longest = fmax(isnan(*longest) ? 0 : *longest, i - since);
            since = -1;
        }
    }
    if (since >= 0)
        *never += 1;
}

double lead_values_back(const lead_epochs *epochs, const lead_epochs *against) {
    for (int i = 0; i < epochs->count; i++) {
        double usual = against->values[OVER][i];
        if (epochs->values[OVER][i] <= within * (usual > 1 ? usual : 1))
            return i;
    }
    return NAN;
}

void lead_values_carried(const lead_epochs *epochs, const unsigned char *periods,
                         double *all_carried, double *carried) {
    const double *loss = epochs->values[LOSS], *changed = epochs->values[NETWORK];
    double lost = 0, bytes = 0;
    int known = 0, whole = 0;
    for (int i = 0; i < epochs->count; i++) {
        if (isnan(loss[i]) || changed[i] > 0 || (periods && periods[i] != LEAD_STUDY_DURING))
            continue;
        known++;
        whole += loss[i] <= LEAD_STUDY_CARRIED;
        lost += loss[i] * epochs->offered[i];
        bytes += epochs->offered[i];
    }
    *all_carried = known > 0 ? (double)whole / known : NAN;
    *carried = bytes > 0 ? 1 - lost / bytes : NAN;
}

void lead_values_average(const lead_study_result *lines, int count, double *values) {
    for (int v = 0; v < LEAD_STUDY_VALUES; v++) {
        double sum = 0;
        int there = 0;
        for (int i = 0; i < count; i++)
            if (!isnan(lines[i].values[v])) {
                sum += lines[i].values[v];
                there++;
            }
        values[v] = there > 0 ? sum / there : NAN;
    }
}

lead_status lead_values_over(const lead_epochs *epochs, lead_study_result *out) {
    double *const *in = epochs->values, *to = out->values, unused;
    const double *bytes = epochs->offered;
    int count = epochs->count;
    *out = (lead_study_result){.epochs = count,
                               .all_carried = NAN,
                               .carried = NAN,
                               .demand_limit = NAN,
                               .demand_limit_high = NAN};
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++)
        out->changes[i] = (lead_study_change){NAN, NAN, NAN};
    to[LEAD_STUDY_MLU_MEAN] = mean_of(in[MLU], NULL, NULL, count);
    LEAD_TRY(p99_of(in[MLU], count, &to[LEAD_STUDY_MLU_P99], &to[LEAD_STUDY_MLU_MAX]));
    to[LEAD_STUDY_OVER_MEAN] = mean_of(in[OVER], NULL, NULL, count);
    LEAD_TRY(p99_of(in[OVER], count, &to[LEAD_STUDY_OVER_P99], &unused));
    to[LEAD_STUDY_OVER_KNOWN] = mean_of(in[OVER], NULL, in[NETWORK], count);
    to[LEAD_STUDY_LOSS] = mean_of(in[LOSS], bytes, NULL, count);
    to[LEAD_STUDY_CONGESTION] = mean_of(in[CONGESTION], bytes, NULL, count);
    to[LEAD_STUDY_TRANSIENT] = mean_of(in[TRANSIENT], bytes, NULL, count);
    to[LEAD_STUDY_DISCONNECTED] = mean_of(in[DISCONNECTED], bytes, NULL, count);
    to[LEAD_STUDY_CUT_OFF] = ratio_of_sums(in[CUT_OFF], bytes, count);
    to[LEAD_STUDY_DELAY] = mean_of(in[DELAY], bytes, NULL, count);
    to[LEAD_STUDY_DELAY_P99] = mean_of(in[DELAY_P99], NULL, NULL, count);
    to[LEAD_STUDY_MOVED] = mean_of(in[MOVED], NULL, NULL, count);
    to[LEAD_STUDY_CHANGED] = mean_of(in[CHANGED], NULL, NULL, count);
    recover(epochs, &to[LEAD_STUDY_RECOVERY], &to[LEAD_STUDY_UNRECOVERED]);
    return LEAD_OK;
}

/* --- the files -------------------------------------------------------------------------------- */

static const char seal[] = "epochs.csv ";

/* What a row has in place of `done` before it is one must be on the disk, also when the machine
 * stops. */
static lead_status sync_file(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = file >= 0 && (fsync(file) == 0 || errno == EINVAL);
    lead_status status =
        synced ? LEAD_OK : lead_fail(LEAD_IO, "%s: cannot be synced: %s", path, strerror(errno));
    if (file >= 0)
        close(file);
    return status;
}

lead_status lead_values_seal(const lead_study *study, int row) {
    char epochs[4096], folder[4096], path[4096], hex[LEAD_SHA256_HEX];
    lead_file_writer *writer;
    LEAD_TRY(lead_study_epochs_file(study, row, epochs));
    LEAD_TRY(lead_study_run_folder(study, row, folder));
    LEAD_TRY(lead_study_done_file(study, row, path));
    LEAD_TRY(lead_sha256_file(epochs, hex));
    LEAD_TRY(sync_file(epochs));
    LEAD_TRY(sync_file(folder));
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "%s%s\n", seal, hex);
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

/* Whether the epochs are those that the row ended with. */
static bool is_sealed(const char *done, const char *epochs) {
    char *text, hex[LEAD_SHA256_HEX], wanted[LEAD_SHA256_HEX + sizeof seal];
    size_t length;
    if (lead_sha256_file(epochs, hex) != LEAD_OK ||
        lead_file_read(done, 4096, &text, &length) != LEAD_OK)
        return false;
    snprintf(wanted, sizeof wanted, "%s%s\n", seal, hex);
    bool same = strcmp(text, wanted) == 0;
    free(text);
    return same;
}

lead_status lead_values_read(const lead_study *study, int row, lead_epochs **out) {
    char done[4096], path[4096];
    *out = NULL;
    LEAD_TRY(lead_study_done_file(study, row, done));
    LEAD_TRY(lead_study_epochs_file(study, row, path));
    if (!lead_study_is_done(study, row))
        return LEAD_OK;
    if (!is_sealed(done, path)) {
        lead_log(LEAD_LOG_WARNING,
                 "%s is not as its run left it: it does not count; remove %s to run row %d again",
                 path, done, row + 1);
        return LEAD_OK;
    }
    return lead_epochs_read(path, columns, COLUMNS, out);
}

lead_status lead_values_of_row(const lead_study *study, int row, lead_study_result *out,
                               bool *there) {
    lead_epochs *epochs;
    LEAD_TRY(lead_values_read(study, row, &epochs));
    *there = epochs != NULL;
    if (!epochs)
        return LEAD_OK;
    lead_status status = lead_values_over(epochs, out);
    out->row = row;
    lead_epochs_free(epochs);
    return status;
}
