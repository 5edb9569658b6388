/* links: see links.h. */
#include "study/links.h"
#include "base/array.h"
#include "formats/text/text.h"
#include "study/table.h"
#include <stdlib.h>
#include <string.h>

enum { EPOCH, SOURCE, DESTINATION, UTILISATION, WANTED, OTHER = WANTED, COLUMNS_MOST = 32 };

static const char *const wanted[WANTED] = {"epoch", "src", "dst", "utilisation"};

typedef struct reader {
    lead_lines *lines;
    int kinds[COLUMNS_MOST], columns;
    int epoch, place; /* of the row at hand, and of its link in its epoch */
    lead_links *links;
} reader;

void lead_links_clear(lead_links *links) {
    for (int i = 0; i < links->count; i++)
        free(links->list[i].name);
    free(links->list);
    *links = (lead_links){0};
}

static lead_status read_header(reader *self) {
    char *text, *field;
    size_t most;
    int found = 0;
    LEAD_TRY(lead_csv_header(self->lines, &text, &most));
    for (;; self->columns++) {
        LEAD_TRY(lead_csv_next(self->lines, &text, &field));
        if (!field || self->columns == COLUMNS_MOST)
            break;
        int kind = 0;
        while (kind < WANTED && strcmp(field, wanted[kind]) != 0)
            kind++;
        self->kinds[self->columns] = kind;
        found += kind < WANTED;
    }
    return found == WANTED
               ? LEAD_OK
               : lead_lines_fail(self->lines, LEAD_FORMAT, "this is no links.csv of a run");
}

/* The link at a place, which is new in the first epoch. */
static lead_status link_at(const reader *self, const char *from, const char *to,
                           struct lead_links_one **out) {
    lead_links *links = self->links;
    if (self->place < links->count) {
        *out = &links->list[self->place];
        return LEAD_OK;
    }
    size_t size = strlen(from) + strlen(to) + 2;
    char *name;
    LEAD_TRY(lead_grow(&links->list, sizeof *links->list, links->count, 1, &links->room));
    LEAD_TRY(lead_calloc(size, 1, &name));
    snprintf(name, size, "%s-%s", from, to);
    *out = &links->list[links->count++];
    **out = (struct lead_links_one){.name = name};
    return LEAD_OK;
}

static lead_status read_row(reader *self, char *text) {
    char *fields[WANTED + 1] = {NULL};
    struct lead_links_one *link;
    double value;
    int epoch;
    for (int i = 0; i < self->columns; i++)
        LEAD_TRY(lead_csv_next(self->lines, &text, &fields[self->kinds[i]]));
    for (int i = 0; i < WANTED; i++)
        if (!fields[i])
            return lead_lines_fail(self->lines, LEAD_FORMAT, "the row is cut");
    if (!lead_integer_parse(fields[EPOCH], &epoch))
        return lead_lines_fail(self->lines, LEAD_FORMAT, "\"%.40s\" is no epoch", fields[EPOCH]);
    self->place = epoch == self->epoch ? self->place + 1 : 0;
    self->epoch = epoch;
    LEAD_TRY(link_at(self, fields[SOURCE], fields[DESTINATION], &link));
    if (lead_number_parse(fields[UTILISATION], &value)) {
        link->sum += value;
        link->epochs++;
    }
    return LEAD_OK;
}

static lead_status read_rows(reader *self) {
    for (;;) {
        char *text;
        LEAD_TRY(lead_lines_next(self->lines, &text));
        if (!text)
            return LEAD_OK;
        if (!lead_csv_is_blank(self->lines, text))
            LEAD_TRY(read_row(self, text));
    }
}

lead_status lead_links_add(const lead_study *study, int row, lead_links *links) {
    char path[4096];
    reader self = {.links = links, .epoch = -1, .place = -1};
    LEAD_TRY(lead_study_path(study, path, "runs/%s/%s/links.csv", study->rows[row].key,
                             study->rows[row].policy));
    LEAD_TRY(lead_lines_alloc(path, &self.lines));
    lead_status status = read_header(&self);
    if (status == LEAD_OK)
        status = read_rows(&self);
    lead_lines_free(self.lines);
    return status;
}

lead_status lead_links_merge(const lead_links *from, lead_links *to) {
    if (to->count == 0 && from->count > 0) {
        LEAD_TRY(lead_grow(&to->list, sizeof *to->list, 0, from->count, &to->room));
        for (; to->count < from->count; to->count++) {
            struct lead_links_one *link = &to->list[to->count];
            *link = (struct lead_links_one){0};
            LEAD_TRY(lead_string_copy(from->list[to->count].name, &link->name));
        }
    }
    for (int i = 0; i < to->count; i++) {
        bool same = to->count == from->count && strcmp(to->list[i].name, from->list[i].name) == 0;
        to->list[i].sum += same ? from->list[i].sum : 0;
        to->list[i].epochs = same ? to->list[i].epochs + from->list[i].epochs : 0;
    }
    return LEAD_OK;
}

void lead_links_busiest(const lead_links *links, char text[LEAD_STUDY_LINK]) {
    double most = -1;
    text[0] = '\0';
    for (int i = 0; i < links->count; i++) {
        const struct lead_links_one *link = &links->list[i];
        double mean = link->epochs > 0 ? link->sum / (double)link->epochs : -1;
        if (!(mean > most))
            continue;
        most = mean;
        lead_printable(link->name, text, LEAD_STUDY_LINK);
    }
}
