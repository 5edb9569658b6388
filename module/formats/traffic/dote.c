/* Folders of DOTE (Perry et al., NSDI 2023) and FIGRET (Liu et al., SIGCOMM 2024): the network, the
 * paths of each pair, TMs to train and to test on, and beside them the least MLU of each over these
 * paths. */
#include "base/expects.h"
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder that is being written. */
typedef struct target {
    const lead_dote *dote;
    char *name, *final, *part; /* of the network; the folder; while it is written */
} target;

static void target_free(target *self) {
    free(self->name);
    free(self->final);
    free(self->part);
}

/* Without slashes at its end. */
static lead_status target_alloc(const lead_dote *dote, const char *folder, target *self) {
    const char *last;
    const size_t room = strlen(folder) + 40;
    *self = (target){.dote = dote};
    LEAD_TRY(lead_string_copy(folder, &self->final));
    for (size_t end = strlen(folder); end > 1 && self->final[end - 1] == '/'; end--)
        self->final[end - 1] = '\0';
    last = strrchr(self->final, '/');
    LEAD_TRY(lead_string_copy(last && last[1] ? last + 1 : self->final, &self->name));
    LEAD_TRY(lead_calloc(room, 1, &self->part));
    snprintf(self->part, room, "%s.part-%ld", self->final, (long)getpid());
    return LEAD_OK;
}

/* The files, relative to the folder; %s is the network's name. */
enum { NETWORK, MATRIX, LINKS, TUNNELS, TRAIN, TRAIN_OPTIMA, TEST, TEST_OPTIMA, FILES };
static const char *const names[FILES] = {"%s.json",     "%s_int.txt",   "%s_int.pickle.nnet",
                                         "tunnels.txt", "train/1.hist", "train/1.opt",
                                         "test/2.hist", "test/2.opt"};

/* Its path, new. */
static lead_status path_of(const target *self, const char *name, char **path) {
    const size_t room = strlen(self->part) + strlen(name) + strlen(self->name) + 4;
    const char *mark = strstr(name, "%s");
    LEAD_TRY(lead_calloc(room, 1, path));
    snprintf(*path, room, "%s/%s%s", self->part, mark ? self->name : "", mark ? mark + 2 : name);
    return LEAD_OK;
}

/* DOTE's network: [n][n] capacities, 0 where no link is. */
static lead_status write_matrix(const lead_topology *topology, const char *path) {
    const int n = lead_topology_node_count(topology);
    lead_file_writer *writer;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    for (int od = 0; od < n * n; od++) {
        const int link = lead_topology_find_link(topology, od / n, od % n);
        lead_file_printf(writer, "%s%s",
                         LEAD_NUMBER(link < 0 ? 0 : lead_topology_link(topology, link)->capacity),
                         od % n + 1 < n ? "," : "\n");
    }
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

/* The same as links, for its solver; in spite of the name it is no pickle. */
static lead_status write_links(const lead_topology *topology, const char *path) {
    lead_file_writer *writer;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        const lead_link *link = lead_topology_link(topology, e);
        lead_file_printf(writer, "%d,%d,%s\n", link->source, link->destination,
                         LEAD_NUMBER(link->capacity));
    }
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

static lead_status write_optima(const double *optima, int count, const char *path) {
    lead_file_writer *writer;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    for (int i = 0; i < count; i++)
        lead_file_printf(writer, "%s\n", LEAD_NUMBER(optima[i]));
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

static lead_status write_file(const target *self, int file) {
    const lead_dote *dote = self->dote;
    const int train = dote->train, test = lead_tm_series_length(dote->series) - train;
    char *path;
    lead_status status;
    LEAD_TRY(path_of(self, names[file], &path));
    switch (file) {
    case NETWORK:
        status = lead_node_link_write_as(dote->topology, "links", path);
        break;
    case MATRIX:
        status = write_matrix(dote->topology, path);
        break;
    case LINKS:
        status = write_links(dote->topology, path);
        break;
    case TUNNELS:
        status = lead_tunnels_write(dote->tunnels, dote->topology, path);
        break;
    case TRAIN:
        status = lead_hist_write_part(dote->series, 0, train, path);
        break;
    case TRAIN_OPTIMA:
        status = write_optima(dote->optima, train, path);
        break;
    case TEST:
        status = lead_hist_write_part(dote->series, train, test, path);
        break;
    default:
        status = write_optima(dote->optima + train, test, path);
    }
    free(path);
    return status;
}

static lead_status make_folder(const target *self, const char *name) {
    char *path;
    LEAD_TRY(path_of(self, name, &path));
    lead_status status = lead_directory_make(path);
    free(path);
    return status;
}

/* What is there of the folder that is being written. */
static void remove_part(const target *self) {
    static const char *const folders[] = {"train", "test", ""};
    char *path;
    for (int i = 0; i < FILES; i++)
        if (path_of(self, names[i], &path) == LEAD_OK) {
            unlink(path);
            free(path);
        }
    for (int i = 0; i < 3; i++)
        if (path_of(self, folders[i], &path) == LEAD_OK) {
            rmdir(path);
            free(path);
        }
}

static lead_status write_all(const target *self) {
    LEAD_TRY(make_folder(self, "train"));
    LEAD_TRY(make_folder(self, "test"));
    for (int file = 0; file < FILES; file++)
        LEAD_TRY(write_file(self, file));
    return rename(self->part, self->final) == 0
               ? LEAD_OK
               : lead_fail(LEAD_IO, "%s: cannot be made: %s", self->final, strerror(errno));
}

lead_status lead_dote_check(const lead_topology *topology, const char *folder) {
    LEAD_EXPECTS(topology && folder);
    struct stat about;
    if (lead_has_parallel_links(topology))
        return lead_fail(LEAD_UNAVAILABLE,
                         "%s: DOTE and FIGRET know one link from a node to another, and this "
                         "network has parallel ones",
                         folder);
    if (lstat(folder, &about) == 0)
        return lead_fail(LEAD_IO, "%s: is there already: move it away, or name another folder",
                         folder);
    return LEAD_OK;
}

lead_status lead_dote_write(const lead_dote *dote, const char *folder) {
    LEAD_EXPECTS(dote && folder && dote->train > 0 &&
                 dote->train < lead_tm_series_length(dote->series));
    target self;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(target_alloc(dote, folder, &self));
    LEAD_TRY_FREE(lead_dote_check(dote->topology, self.final));
    status = write_all(&self);
    if (status != LEAD_OK)
        remove_part(&self);
    else
        lead_hist_warn(dote->series, self.final);
fail:
    target_free(&self);
    return status;
}
