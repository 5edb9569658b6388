/* Links of runs: see links.h. */
#include "study/answers/links.h"
#include "base/array.h"
#include "formats/text/columns.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EPOCH, SOURCE, DESTINATION, UTILISATION, OFFERED, WANTED };

static const char *const wanted[WANTED] = {"epoch", "src", "dst", "utilisation", "offered_bps"};

typedef struct reader {
    lead_columns columns;
    int epoch, place; /* of the line at hand, and of its link in its epoch */
    int row;          /* of the table */
    lead_links *links;
} reader;

void lead_links_clear(lead_links *links) {
    for (int i = 0; i < links->count; i++)
        free(links->list[i].name);
    free(links->list);
    *links = (lead_links){0};
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
    **out = (struct lead_links_one){.name = name, .worst = -1, .traffic = -1};
    return LEAD_OK;
}

static void raise_worst(struct lead_links_one *link, double utilisation, int row, int epoch) {
    if (!(utilisation > link->worst))
        return;
    link->worst = utilisation;
    link->worst_row = row;
    link->worst_epoch = epoch;
}

static void raise_traffic(struct lead_links_one *link, double traffic, int row) {
    if (!(traffic > link->traffic))
        return;
    link->traffic = traffic;
    link->traffic_row = row;
}

static lead_status read_row(reader *self) {
    char *const *fields = self->columns.fields;
    struct lead_links_one *link;
    double value;
    int epoch;
    if (!lead_integer_parse(fields[EPOCH], &epoch))
        return lead_lines_fail(self->columns.lines, LEAD_FORMAT, "\"%.40s\" is no epoch",
                               fields[EPOCH]);
    self->place = epoch == self->epoch ? self->place + 1 : 0;
    self->epoch = epoch;
    LEAD_TRY(link_at(self, fields[SOURCE], fields[DESTINATION], &link));
    if (lead_number_parse(fields[UTILISATION], &value)) {
        link->sum += value;
        link->epochs++;
        raise_worst(link, value, self->row, epoch);
    }
    if (lead_number_parse(fields[OFFERED], &value))
        raise_traffic(link, value, self->row);
    return LEAD_OK;
}

static lead_status read_rows(reader *self, const char *path) {
    bool there;
    LEAD_TRY(lead_columns_open(path, wanted, WANTED, "links.csv of a run", &self->columns));
    for (;;) {
        LEAD_TRY(lead_columns_next(&self->columns, &there));
        if (!there)
            return LEAD_OK;
        LEAD_TRY(read_row(self));
    }
}

lead_status lead_links_add(const char *path, int row, lead_links *links) {
    reader self = {.links = links, .epoch = -1, .place = -1, .row = row};
    lead_status status = read_rows(&self, path);
    lead_columns_close(&self.columns);
    return status;
}

lead_status lead_links_merge(const lead_links *from, lead_links *to) {
    if (to->count == 0 && from->count > 0) {
        LEAD_TRY(lead_grow(&to->list, sizeof *to->list, 0, from->count, &to->room));
        for (; to->count < from->count; to->count++) {
            struct lead_links_one *link = &to->list[to->count];
            *link = (struct lead_links_one){.worst = -1, .traffic = -1};
            LEAD_TRY(lead_string_copy(from->list[to->count].name, &link->name));
        }
    }
    for (int i = 0; i < to->count; i++) {
        bool same = to->count == from->count && strcmp(to->list[i].name, from->list[i].name) == 0;
        to->list[i].sum += same ? from->list[i].sum : 0;
        to->list[i].epochs = same ? to->list[i].epochs + from->list[i].epochs : 0;
        if (!same)
            continue;
        const struct lead_links_one *other = &from->list[i];
        raise_worst(&to->list[i], other->worst, other->worst_row, other->worst_epoch);
        raise_traffic(&to->list[i], other->traffic, other->traffic_row);
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

/* --- the variants of a policy ----------------------------------------------------------------- */

static void clear_policy(struct lead_loads_policy *of) {
    lead_links_clear(&of->all);
    free(of->undisturbed);
    free(of->rows);
    free(of->worst);
}

void lead_loads_clear(lead_loads *loads) {
    for (int i = 0; i < loads->count; i++)
        clear_policy(&loads->list[i]);
    free(loads->list);
    *loads = (lead_loads){0};
}

void lead_loads_free_answers(lead_study_load *answers, int count) {
    for (int i = 0; i < count; i++)
        free(answers[i].near);
    free(answers);
}

static bool same_network(const lead_links *a, const lead_links *b) {
    bool same = a->count == b->count;
    for (int i = 0; same && i < a->count; i++)
        same = strcmp(a->list[i].name, b->list[i].name) == 0;
    return same;
}

/* The policy of that first row, which is new where it is not there yet. */
static lead_status policy_of(lead_loads *loads, int policy, const lead_links *links,
                             struct lead_loads_policy **out) {
    for (int i = 0; i < loads->count; i++)
        if (loads->list[i].policy == policy) {
            *out = &loads->list[i];
            return LEAD_OK;
        }
    LEAD_TRY(lead_grow(&loads->list, sizeof *loads->list, loads->count, 1, &loads->room));
    *out = &loads->list[loads->count];
    **out = (struct lead_loads_policy){.policy = policy};
    LEAD_TRY(lead_calloc((size_t)links->count, sizeof(double), &(*out)->undisturbed));
    for (int i = 0; i < links->count; i++)
        (*out)->undisturbed[i] = NAN;
    loads->count++;
    return LEAD_OK;
}

lead_status lead_loads_add(lead_loads *loads, int row, int policy, bool undisturbed,
                           const lead_links *links) {
    struct lead_loads_policy *to;
    LEAD_TRY(policy_of(loads, policy, links, &to));
    if (to->count > 0 && !same_network(&to->all, links))
        return LEAD_OK;
    LEAD_TRY(lead_grow(&to->rows, sizeof *to->rows, to->count, 1, &to->room));
    LEAD_TRY(lead_grow(&to->worst, sizeof *to->worst, to->count * links->count, links->count,
                       &to->worst_room));
    LEAD_TRY(lead_links_merge(links, &to->all));
    for (int i = 0; i < links->count; i++) {
        double worst = links->list[i].worst;
        to->worst[to->count * links->count + i] = worst;
        if (undisturbed && worst >= 0 && !(worst <= to->undisturbed[i]))
            to->undisturbed[i] = worst;
    }
    to->rows[to->count++] = row;
    return LEAD_OK;
}

typedef struct near {
    double utilisation;
    int row;
} near;

static int worst_first(const void *a, const void *b) {
    const near *x = a, *y = b;
    return x->utilisation != y->utilisation ? (x->utilisation < y->utilisation ? 1 : -1)
                                            : x->row - y->row;
}

/* Link `place`; space[variants]. */
static lead_status answer(const struct lead_loads_policy *of, int place, double within, near *space,
                          lead_study_load *out) {
    const struct lead_links_one *all = &of->all.list[place];
    *out = (lead_study_load){.row = of->policy,
                             .undisturbed = of->undisturbed[place],
                             .utilisation = all->worst >= 0 ? all->worst : NAN,
                             .worst = all->worst_row,
                             .epoch = all->worst_epoch,
                             .traffic = all->traffic >= 0 ? all->traffic : NAN,
                             .traffic_worst = all->traffic_row};
    lead_printable(all->name, out->name, sizeof out->name);
    for (int i = 0; i < of->count; i++) {
        double worst = of->worst[i * of->all.count + place];
        if (worst > 0 && worst >= all->worst * (1 - within))
            space[out->near_count++] = (near){worst, of->rows[i]};
    }
    if (out->near_count == 0)
        return LEAD_OK;
    qsort(space, (size_t)out->near_count, sizeof *space, worst_first);
    LEAD_TRY(lead_calloc((size_t)out->near_count, sizeof *out->near, &out->near));
    for (int i = 0; i < out->near_count; i++)
        out->near[i] = space[i].row;
    return LEAD_OK;
}

static lead_status answer_policy(const struct lead_loads_policy *of, double within,
                                 lead_study_load **answers, int *made, int *room) {
    near *space;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_grow(answers, sizeof **answers, *made, of->all.count, room));
    LEAD_TRY(lead_calloc((size_t)of->count, sizeof *space, &space));
    for (int place = 0; place < of->all.count && status == LEAD_OK; place++) {
        status = answer(of, place, within, space, &(*answers)[*made]);
        *made += status == LEAD_OK;
    }
    free(space);
    return status;
}

lead_status lead_loads_answer(const lead_loads *loads, double within, lead_study_load **out,
                              int *count) {
    lead_study_load *answers = NULL;
    int made = 0, room = 0;
    lead_status status = LEAD_OK;
    for (int i = 0; i < loads->count && status == LEAD_OK; i++)
        status = answer_policy(&loads->list[i], within, &answers, &made, &room);
    if (status != LEAD_OK) {
        lead_loads_free_answers(answers, made);
        return status;
    }
    *out = answers;
    *count = made;
    return LEAD_OK;
}
