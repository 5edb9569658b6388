/* Tables of plug-in types (structs whose first member is their name), and lists of words, "a, b,
 * c": the names of an option's values, of those that heed a key. */
#ifndef LEAD_BASE_TABLE_H
#define LEAD_BASE_TABLE_H

#include <lead/base.h>

/* The type of that name among table[count]; NULL: there is none. O(count). */
const void *lead_table_find(const void *const *table, int count, const char *name);
/* Their names, "a, b, c", in text[size]. */
const char *lead_table_names(const void *const *table, int count, char *text, size_t size);

/* The place of a word in a list, from 0; -1: it is none of them. */
int lead_word_place(const char *word, const char *list);
/* The word at a place of a list, in text[size]; "" behind its end. */
void lead_word_at(const char *list, int place, char *text, size_t size);

#endif
