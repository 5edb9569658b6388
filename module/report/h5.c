/* h5: see h5.h. HDF5 tells by negative numbers; what it would print itself is not printed. */
#include "report/h5.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lead_status wrong(const lead_h5 *file, const char *name, const char *what) {
    return lead_fail(LEAD_FORMAT, "%s: dataset %s %s", file->path, name, what);
}

bool lead_h5_has(const lead_h5 *file, const char *name) {
    return H5Lexists(file->file, name, H5P_DEFAULT) > 0;
}

/* The length of a scale. */
static lead_status length_of(const lead_h5 *file, const char *name, int most, int *length) {
    hsize_t size[1];
    hid_t set = lead_h5_has(file, name) ? H5Dopen2(file->file, name, H5P_DEFAULT) : -1;
    hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    bool good = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 &&
                H5Sget_simple_extent_dims(space, size, NULL) == 1 && size[0] <= (hsize_t)most;
    if (space >= 0)
        H5Sclose(space);
    if (set >= 0)
        H5Dclose(set);
    *length = good ? (int)size[0] : 0;
    return good ? LEAD_OK : wrong(file, name, "is missing, or is no scale of a size that is read");
}

static lead_status read_scale(const lead_h5 *file, const char *name, double *values) {
    hid_t set = H5Dopen2(file->file, name, H5P_DEFAULT);
    herr_t read =
        set < 0 ? -1 : H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    if (set >= 0)
        H5Dclose(set);
    return read < 0 ? wrong(file, name, "cannot be read as numbers") : LEAD_OK;
}

/* names[count], each freed with free(). */
static lead_status read_names(const lead_h5 *file, const char *name, int count, char **names) {
    char **texts = NULL;
    hid_t set = -1, type = -1, space = -1;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)count, sizeof *texts, &texts));
    set = H5Dopen2(file->file, name, H5P_DEFAULT);
    type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    space = H5Dget_space(set);
    if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) < 0)
        status = wrong(file, name, "is not of texts of any length");
    for (int i = 0; i < count && status == LEAD_OK; i++)
        status = texts[i] && lead_utf8_valid(texts[i]) ? lead_string_copy(texts[i], &names[i])
                                                       : wrong(file, name, "is not in UTF-8");
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
fail:
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    if (set >= 0)
        H5Dclose(set);
    free(texts);
    return status;
}

enum { MOST_TIMES = 1 << 24, MOST_NODES = 46340 };

static lead_status check_destinations(const lead_h5 *file) {
    char **names;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)file->nodes, sizeof *names, &names));
    status = read_names(file, "dst", file->nodes, names);
    for (int i = 0; i < file->nodes && status == LEAD_OK; i++)
        if (strcmp(names[i], file->names[i]) != 0)
            status = wrong(file, "dst", "has other nodes than src, or in another order");
    for (int i = 0; i < file->nodes; i++)
        free(names[i]);
    free(names);
    return status;
}

static lead_status read_scales(lead_h5 *file) {
    int destinations;
    LEAD_TRY(length_of(file, "time", MOST_TIMES, &file->times));
    LEAD_TRY(lead_calloc((size_t)file->times, sizeof *file->time, &file->time));
    LEAD_TRY(read_scale(file, "time", file->time));
    LEAD_TRY(length_of(file, "src", MOST_NODES, &file->nodes));
    LEAD_TRY(length_of(file, "dst", MOST_NODES, &destinations));
    if (destinations != file->nodes)
        return wrong(file, "dst", "has not as many nodes as src");
    LEAD_TRY(lead_calloc((size_t)file->nodes, sizeof *file->names, &file->names));
    LEAD_TRY(read_names(file, "src", file->nodes, file->names));
    LEAD_TRY(check_destinations(file));
    if (!lead_h5_has(file, "quantile"))
        return LEAD_OK;
    LEAD_TRY(length_of(file, "quantile", LEAD_H5_QUANTILES, &file->quantiles));
    return read_scale(file, "quantile", file->levels);
}

lead_status lead_h5_open(const char *path, lead_h5 *file, bool *there) {
    *file = (lead_h5){.file = -1};
    *there = access(path, F_OK) == 0;
    if (!*there)
        return LEAD_OK;
    snprintf(file->path, sizeof file->path, "%s", path);
    LEAD_TRY(lead_file_check(path));
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    file->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file->file < 0)
        return lead_fail(LEAD_FORMAT,
                         "%s: this is no HDF5 file, or a run still writes it, or was ended while "
                         "it did: run again, or remove it",
                         path);
    return read_scales(file);
}

void lead_h5_close(lead_h5 *file) {
    for (int i = 0; file->names && i < file->nodes; i++)
        free(file->names[i]);
    free(file->names);
    free(file->time);
    if (file->file >= 0)
        H5Fclose(file->file);
    *file = (lead_h5){.file = -1};
}

/* Whether the dataset's space is (times[, planes], nodes, nodes). */
static bool has_size(const lead_h5 *file, hid_t space, int planes) {
    hsize_t size[4], wanted[4] = {(hsize_t)file->times, (hsize_t)planes, (hsize_t)file->nodes,
                                  (hsize_t)file->nodes};
    int rank = planes > 1 ? 4 : 3;
    if (planes == 1)
        wanted[1] = wanted[2];
    if (H5Sget_simple_extent_ndims(space) != rank ||
        H5Sget_simple_extent_dims(space, size, NULL) != rank)
        return false;
    for (int i = 0; i < rank; i++)
        if (size[i] != wanted[i])
            return false;
    return true;
}

static herr_t read_part(const lead_h5 *file, hid_t set, hid_t space, int first, int count,
                        int planes, float *values) {
    hsize_t begin[4] = {(hsize_t)first};
    hsize_t size[4] = {(hsize_t)count, (hsize_t)(planes > 1 ? planes : file->nodes),
                       (hsize_t)file->nodes, (hsize_t)file->nodes};
    hid_t memory = H5Screate_simple(planes > 1 ? 4 : 3, size, NULL);
    herr_t read = H5Sselect_hyperslab(space, H5S_SELECT_SET, begin, NULL, size, NULL);
    if (read >= 0)
        read = H5Dread(set, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, values);
    H5Sclose(memory);
    return read;
}

lead_status lead_h5_read(const lead_h5 *file, const char *name, int first, int count, int planes,
                         float *values) {
    hid_t set = lead_h5_has(file, name) ? H5Dopen2(file->file, name, H5P_DEFAULT) : -1;
    if (set < 0)
        return wrong(file, name, "is missing");
    hid_t space = H5Dget_space(set);
    lead_status status = LEAD_OK;
    if (space < 0 || !has_size(file, space, planes))
        status = wrong(file, name, "has not the sizes of its scales");
    else if (read_part(file, set, space, first, count, planes, values) < 0)
        status = wrong(file, name, "cannot be read");
    if (space >= 0)
        H5Sclose(space);
    H5Dclose(set);
    return status;
}
