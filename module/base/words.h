/* Lists of words, "a, b, c": the names of an option's values, the keys that a type heeds. */
#ifndef LEAD_BASE_WORDS_H
#define LEAD_BASE_WORDS_H

/* The place of a word in a list, from 0; -1: it is none of them. */
int lead_word_place(const char *word, const char *list);

#endif
