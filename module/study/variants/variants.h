/* variants: what is other in a row than in the scenario's file. */
#ifndef LEAD_STUDY_VARIANTS_VARIANTS_H
#define LEAD_STUDY_VARIANTS_VARIANTS_H

#include <lead/study.h>

/* Texts that are its own. */
typedef struct lead_texts {
    char **list;
    int count, room;
} lead_texts;

/* Takes over `text`, also when it fails. */
lead_status lead_texts_take(lead_texts *texts, char *text);
lead_status lead_texts_add(lead_texts *texts, const char *format, ...) LEAD_PRINTF(2, 3);
void lead_texts_clear(lead_texts *texts);

typedef struct lead_variant {
    char *name;
    long line;       /* of the scenario's file; 0: of a built-in study; -1: of nobody to be named */
    lead_texts sets; /* "policies.lead.te.moved_cost=0.1" */
    lead_texts events; /* as in lead_overrides */
    bool undisturbed;  /* without any events: the scenario's and the request's */
    int against;       /* the variant that it is compared with */
} lead_variant;

typedef struct lead_variants {
    lead_variant *list;
    int count, room;
} lead_variants;

enum { LEAD_VARIANTS_MOST = 20000, LEAD_VARIANT_NAME = 200 /* bytes */ };

/* A new one at the end, compared with the first, which has neither sets nor events yet; borrowed
 * until the next one. LEAD_INVALID for a name that is there, empty, long or cannot be printed. */
lead_status lead_variants_add(lead_variants *variants, const char *name, long line,
                              lead_variant **out);
/* The one of that name; -1: none. */
int lead_variants_find(const lead_variants *variants, const char *name);
void lead_variants_clear(lead_variants *variants);
/* What it changes in words, in *text, freed with free(). */
lead_status lead_variant_changes(const lead_variant *variant, char **text);

/* Adds those that a scenario's file lists. Errors are "file:line: ...". */
lead_status lead_variants_read(const char *path, lead_variants *variants);

#endif
