/* traffic: see traffic.h. Numbers are 32-bit floats in chunks of some epochs, compressed; what is
 * never written reads as NaN. */
#include "record/traffic.h"
#include "base/expects.h"
#include <errno.h>
#include <gsl/gsl_statistics_double.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double quantiles[] = {0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975};
enum { QUANTILES = sizeof quantiles / sizeof *quantiles, RANK_MOST = 5, CHUNK = 1 << 18 };

/* The dimensions, and the variables over them. */
enum { TIME, SOURCE, DESTINATION, QUANTILE, SAMPLE, STEP, DIMENSIONS };
enum {
    TRAFFIC,
    MEASURED,
    MEASURED_SD,
    FORECAST_MEAN,
    FORECAST_QUANTILES,
    FORECAST_SAMPLES,
    VARIABLES
};

static const struct {
    const char *name, *long_name;
} dimensions[DIMENSIONS] = {
    {"time", "start of the epoch"},
    {"src", "node where traffic enters"},
    {"dst", "node where it leaves"},
    {"quantile", "probability"},
    {"sample", "number of the forecast's sample"},
    {"step", "epochs ahead, 1: the next one"},
};

static const struct {
    const char *name, *long_name;
    int rank, over[RANK_MOST];
} variables[VARIABLES] = {
    {"traffic", "TM as sent, mean of the epoch", 3, {TIME, SOURCE, DESTINATION}},
    {"measured",
     "TM as the controller measured it after the epoch, gaps filled",
     3,
     {TIME, SOURCE, DESTINATION}},
    {"measured_sd",
     "standard deviation of the error of what was filled in it, 0 where there was no gap",
     3,
     {TIME, SOURCE, DESTINATION}},
    {"forecast_mean",
     "mean of the forecast of this epoch that its plan was made for",
     3,
     {TIME, SOURCE, DESTINATION}},
    {"forecast_quantiles",
     "quantiles of its samples, of each OD pair by itself",
     4,
     {TIME, QUANTILE, SOURCE, DESTINATION}},
    {"forecast_samples",
     "samples of a forecast that was made for this epoch and those after it",
     5,
     {TIME, SAMPLE, STEP, SOURCE, DESTINATION}},
};

struct lead_traffic_file {
    const lead_topology *topology; /* borrowed */
    lead_traffic_options options;
    char path[4096], part[4096];
    hid_t file, scales[DIMENSIONS], sets[VARIABLES]; /* -1: there is none */
    hsize_t sizes[DIMENSIONS];
    float *row; /* of the largest variable */
    bool finished;
};

static lead_status failed(const lead_traffic_file *self, const char *what) {
    return lead_fail(LEAD_IO, "%s: %s cannot be written", self->path, what);
}

static lead_status check(const lead_traffic_file *self, int64_t id, const char *what) {
    return id >= 0 ? LEAD_OK : failed(self, what);
}

/* --- attributes ------------------------------------------------------------------------------- */

static lead_status put_text(const lead_traffic_file *self, const char *of, const char *name,
                            const char *text) {
    return check(self, H5LTset_attribute_string(self->file, of, name, text), name);
}

static lead_status describe(const lead_traffic_file *self) {
    LEAD_TRY(put_text(self, "/", "Conventions", "CF-1.10"));
    LEAD_TRY(put_text(self, "/", "title", self->options.title));
    LEAD_TRY(put_text(self, "/", "source", self->options.source));
    LEAD_TRY(put_text(self, "time", "standard_name", "time"));
    LEAD_TRY(put_text(self, "time", "units", "seconds since 1970-01-01T00:00:00Z"));
    LEAD_TRY(put_text(self, "time", "calendar", "proleptic_gregorian"));
    LEAD_TRY(put_text(self, "time", "axis", "T"));
    for (int d = 0; d < DIMENSIONS; d++)
        if (self->scales[d] >= 0)
            LEAD_TRY(put_text(self, dimensions[d].name, "long_name", dimensions[d].long_name));
    for (int v = 0; v < VARIABLES; v++) {
        if (self->sets[v] < 0)
            continue;
        LEAD_TRY(put_text(self, variables[v].name, "units", "bit s-1"));
        LEAD_TRY(put_text(self, variables[v].name, "long_name", variables[v].long_name));
    }
    return LEAD_OK;
}

/* --- dimensions ------------------------------------------------------------------------------- */

/* Files of the same numbers are the same bytes. */
static hid_t without_times(void) {
    hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    if (how >= 0)
        H5Pset_obj_track_times(how, false);
    return how;
}

/* A coordinate: numbers, or with `names` texts. */
static lead_status add_scale(lead_traffic_file *self, int d, hid_t stored, hid_t given,
                             const void *values) {
    hid_t space = H5Screate_simple(1, &self->sizes[d], NULL), how = without_times();
    self->scales[d] =
        H5Dcreate2(self->file, dimensions[d].name, stored, space, H5P_DEFAULT, how, H5P_DEFAULT);
    H5Pclose(how);
    H5Sclose(space);
    LEAD_TRY(check(self, self->scales[d], dimensions[d].name));
    if (values)
        LEAD_TRY(check(self,
                       H5Dwrite(self->scales[d], given, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
                       dimensions[d].name));
    return check(self, H5DSset_scale(self->scales[d], dimensions[d].name), dimensions[d].name);
}

static lead_status add_names(lead_traffic_file *self) {
    int n = lead_topology_node_count(self->topology);
    const char **names;
    LEAD_TRY(lead_calloc((size_t)n, sizeof *names, &names));
    for (int v = 0; v < n; v++)
        names[v] = lead_topology_node_name(self->topology, v);
    hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, H5T_VARIABLE);
    H5Tset_cset(text, H5T_CSET_UTF8);
    lead_status status = add_scale(self, SOURCE, text, text, names);
    if (status == LEAD_OK)
        status = add_scale(self, DESTINATION, text, text, names);
    H5Tclose(text);
    free(names);
    return status;
}

/* 1, 2, ... */
static lead_status add_counted(lead_traffic_file *self, int d, int from) {
    int *values, count = (int)self->sizes[d];
    LEAD_TRY(lead_calloc((size_t)count, sizeof *values, &values));
    for (int i = 0; i < count; i++)
        values[i] = from + i;
    lead_status status = add_scale(self, d, H5T_STD_I32LE, H5T_NATIVE_INT, values);
    free(values);
    return status;
}

static lead_status add_scales(lead_traffic_file *self) {
    LEAD_TRY(add_scale(self, TIME, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, NULL));
    LEAD_TRY(add_names(self));
    LEAD_TRY(add_scale(self, QUANTILE, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, quantiles));
    if (self->options.samples == 0)
        return LEAD_OK;
    LEAD_TRY(add_counted(self, SAMPLE, 0));
    return add_counted(self, STEP, 1);
}

/* --- variables -------------------------------------------------------------------------------- */

/* Numbers of one epoch. */
static size_t row_size(const lead_traffic_file *self, int variable) {
    size_t size = 1;
    for (int k = 1; k < variables[variable].rank; k++)
        size *= (size_t)self->sizes[variables[variable].over[k]];
    return size;
}

static hid_t layout(const lead_traffic_file *self, int variable, const hsize_t *sizes) {
    hsize_t chunk[RANK_MOST];
    hsize_t epochs = CHUNK / (sizeof(float) * row_size(self, variable));
    float nothing = NAN;
    hid_t how = without_times();
    memcpy(chunk, sizes, sizeof chunk);
    chunk[0] = epochs < 1 ? 1 : epochs > sizes[0] ? sizes[0] : epochs;
    H5Pset_chunk(how, variables[variable].rank, chunk);
    H5Pset_shuffle(how);
    H5Pset_deflate(how, 1);
    H5Pset_fill_value(how, H5T_NATIVE_FLOAT, &nothing);
    return how;
}

static lead_status add_variable(lead_traffic_file *self, int v) {
    hsize_t sizes[RANK_MOST] = {0};
    const char *name = variables[v].name;
    for (int k = 0; k < variables[v].rank; k++)
        sizes[k] = self->sizes[variables[v].over[k]];
    hid_t space = H5Screate_simple(variables[v].rank, sizes, NULL), how = layout(self, v, sizes);
    self->sets[v] =
        H5Dcreate2(self->file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, how, H5P_DEFAULT);
    H5Pclose(how);
    H5Sclose(space);
    LEAD_TRY(check(self, self->sets[v], name));
    for (int k = 0; k < variables[v].rank; k++)
        LEAD_TRY(check(
            self, H5DSattach_scale(self->sets[v], self->scales[variables[v].over[k]], (unsigned)k),
            name));
    return LEAD_OK;
}

/* One epoch of a variable, from self->row. */
static lead_status put_row(const lead_traffic_file *self, int v, int epoch) {
    hsize_t begin[RANK_MOST] = {(hsize_t)epoch}, sizes[RANK_MOST] = {1};
    for (int k = 1; k < variables[v].rank; k++)
        sizes[k] = self->sizes[variables[v].over[k]];
    hid_t memory = H5Screate_simple(variables[v].rank, sizes, NULL),
          space = H5Dget_space(self->sets[v]);
    herr_t done = H5Sselect_hyperslab(space, H5S_SELECT_SET, begin, NULL, sizes, NULL);
    if (done >= 0)
        done = H5Dwrite(self->sets[v], H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, self->row);
    H5Sclose(space);
    H5Sclose(memory);
    return check(self, done, variables[v].name);
}

static lead_status put_numbers(lead_traffic_file *self, int v, int epoch, const double *values) {
    size_t count = row_size(self, v);
    for (size_t i = 0; i < count; i++)
        self->row[i] = (float)values[i];
    return put_row(self, v, epoch);
}

/* --- the file --------------------------------------------------------------------------------- */

static lead_status make_room(lead_traffic_file *self) {
    size_t most = 0, n = (size_t)lead_topology_node_count(self->topology);
    const lead_traffic_options *options = &self->options;
    self->sizes[TIME] = (hsize_t)options->epochs;
    self->sizes[SOURCE] = self->sizes[DESTINATION] = n;
    self->sizes[QUANTILE] = QUANTILES;
    self->sizes[SAMPLE] = (hsize_t)options->samples;
    self->sizes[STEP] = (hsize_t)options->steps;
    for (int v = 0; v < VARIABLES; v++)
        most = row_size(self, v) > most ? row_size(self, v) : most;
    return lead_calloc(most, sizeof *self->row, &self->row);
}

static lead_status open_file(lead_traffic_file *self) {
    hid_t how = H5Pcreate(H5P_FILE_ACCESS), made = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_libver_bounds(how, H5F_LIBVER_V18, H5F_LIBVER_V110); /* what netCDF-4 reads */
    H5Pset_link_creation_order(made, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_obj_track_times(made, false);
    unlink(self->part); /* a link is not followed */
    errno = 0;
    self->file = H5Fcreate(self->part, H5F_ACC_EXCL, made, how);
    H5Pclose(made);
    H5Pclose(how);
    return self->file >= 0 ? LEAD_OK
                           : lead_fail(LEAD_IO, "%s: cannot be made: %s", self->path,
                                       errno ? strerror(errno) : "HDF5 does not say why");
}

/* Whether the run has something for a variable. */
static bool is_wanted(const lead_traffic_file *self, int variable) {
    return variable == FORECAST_SAMPLES ? self->options.samples > 0
           : variable == MEASURED_SD    ? self->options.variances
                                        : true;
}

static lead_status fill(lead_traffic_file *self) {
    LEAD_TRY(make_room(self));
    LEAD_TRY(open_file(self));
    LEAD_TRY(add_scales(self));
    for (int v = 0; v < VARIABLES; v++)
        if (is_wanted(self, v))
            LEAD_TRY(add_variable(self, v));
    return describe(self);
}

lead_status lead_traffic_file_alloc(const char *folder, const lead_topology *topology,
                                    const lead_traffic_options *options, lead_traffic_file **out) {
    lead_traffic_file *self;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    self->topology = topology;
    self->options = *options;
    self->file = -1;
    for (int d = 0; d < DIMENSIONS; d++)
        self->scales[d] = -1;
    for (int v = 0; v < VARIABLES; v++)
        self->sets[v] = -1;
    snprintf(self->path, sizeof self->path, "%s/tm.h5", folder);
    snprintf(self->part, sizeof self->part, "%s/tm.h5.part-%ld", folder, (long)getpid());
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* what fails is said by us */
    lead_status status = fill(self);
    self->options.title = self->options.source = NULL; /* borrowed till now */
    if (status == LEAD_OK)
        *out = self;
    else
        lead_traffic_file_free(self);
    return status;
}

/* Whether all could be written. */
static bool close_file(lead_traffic_file *self) {
    bool good = true;
    for (int v = 0; v < VARIABLES; v++)
        good = (self->sets[v] < 0 || H5Dclose(self->sets[v]) >= 0) && good;
    for (int d = 0; d < DIMENSIONS; d++)
        good = (self->scales[d] < 0 || H5Dclose(self->scales[d]) >= 0) && good;
    good = (self->file < 0 || H5Fclose(self->file) >= 0) && good;
    for (int v = 0; v < VARIABLES; v++)
        self->sets[v] = -1;
    for (int d = 0; d < DIMENSIONS; d++)
        self->scales[d] = -1;
    self->file = -1;
    return good;
}

lead_status lead_traffic_file_finish(lead_traffic_file *file) {
    if (!close_file(file))
        return failed(file, "all of it");
    if (rename(file->part, file->path) != 0)
        return lead_fail(LEAD_IO, "%s: %s", file->path, strerror(errno));
    file->finished = true;
    return LEAD_OK;
}

void lead_traffic_file_free(lead_traffic_file *file) {
    if (!file)
        return;
    close_file(file);
    if (!file->finished)
        unlink(file->part);
    free(file->row);
    free(file);
}

/* --- epochs ----------------------------------------------------------------------------------- */

static lead_status put_time(const lead_traffic_file *self, int epoch, int64_t time) {
    double value = (double)time;
    hsize_t begin = (hsize_t)epoch, one = 1;
    hid_t memory = H5Screate_simple(1, &one, NULL), space = H5Dget_space(self->scales[TIME]);
    herr_t done = H5Sselect_hyperslab(space, H5S_SELECT_SET, &begin, NULL, &one, NULL);
    if (done >= 0)
        done = H5Dwrite(self->scales[TIME], H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, &value);
    H5Sclose(space);
    H5Sclose(memory);
    return check(self, done, "time");
}

/* Of samples [count][n*n]: means, then quantiles where there is more than one. */
static lead_status put_forecast(lead_traffic_file *self, int epoch, const double *samples,
                                size_t count) {
    size_t pairs = row_size(self, TRAFFIC);
    double *values;
    LEAD_TRY(lead_calloc(count, sizeof *values, &values));
    for (size_t od = 0; od < pairs; od++) {
        for (size_t k = 0; k < count; k++)
            values[k] = samples[k * pairs + od];
        self->row[od] = (float)(lead_sum(values, count) / (double)count);
    }
    lead_status status = put_row(self, FORECAST_MEAN, epoch);
    for (size_t od = 0; od < pairs && count > 1; od++) {
        for (size_t k = 0; k < count; k++)
            values[k] = samples[k * pairs + od];
        lead_sort(values, count);
        for (size_t q = 0; q < QUANTILES; q++)
            self->row[q * pairs + od] =
                (float)gsl_stats_quantile_from_sorted_data(values, 1, count, quantiles[q]);
    }
    free(values);
    if (status == LEAD_OK && count > 1)
        status = put_row(self, FORECAST_QUANTILES, epoch);
    return status;
}

lead_status lead_traffic_file_add(lead_traffic_file *file, int epoch, int64_t time,
                                  const double *tm, const double *samples, int sample_count) {
    LEAD_TRY(put_time(file, epoch, time));
    LEAD_TRY(put_numbers(file, TRAFFIC, epoch, tm));
    return samples && sample_count > 0 ? put_forecast(file, epoch, samples, (size_t)sample_count)
                                       : LEAD_OK;
}

lead_status lead_traffic_file_add_measured(lead_traffic_file *file, int epoch, const double *tm,
                                           const double *variance) {
    LEAD_TRY(put_numbers(file, MEASURED, epoch, tm));
    if (file->sets[MEASURED_SD] < 0)
        return LEAD_OK;
    for (size_t i = 0; i < row_size(file, MEASURED_SD); i++)
        file->row[i] = variance ? (float)sqrt(variance[i]) : NAN;
    return put_row(file, MEASURED_SD, epoch);
}

lead_status lead_traffic_file_add_paths(lead_traffic_file *file, int epoch, const double *paths) {
    return file->sets[FORECAST_SAMPLES] < 0 ? LEAD_OK
                                            : put_numbers(file, FORECAST_SAMPLES, epoch, paths);
}
