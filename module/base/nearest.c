/* The nearest known word: optimal string alignment (insertions, deletions, substitutions and swaps
 * of neighbours; Damerau 1964) over folded letters. */
#include "base/expects.h"
#include <lead/base.h>
#include <string.h>

enum { MOST_LETTERS = 3, SHORTEST_BEGINNING = 3, FAR = 1000 };

static int fold(char c) {
    return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int least(int a, int b) {
    return a < b ? a : b;
}

/* Letters between a and b, both at most LEAD_NEAREST_LENGTH long. */
static int distance(const char *a, const char *b) {
    int rows[3][LEAD_NEAREST_LENGTH + 1];
    int *before = rows[0], *last = rows[1], *row = rows[2], m = (int)strlen(b);
    for (int k = 0; k <= m; k++)
        last[k] = before[k] = k;
    for (int i = 1; a[i - 1]; i++) {
        row[0] = i;
        for (int k = 1; k <= m; k++) {
            bool same = fold(a[i - 1]) == fold(b[k - 1]);
            row[k] = least(least(last[k], row[k - 1]) + 1, last[k - 1] + !same);
            if (i > 1 && k > 1 && fold(a[i - 1]) == fold(b[k - 2]) &&
                fold(a[i - 2]) == fold(b[k - 1]))
                row[k] = least(row[k], before[k - 2] + 1);
        }
        int *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[m];
}

static bool begins(const char *text, const char *beginning) {
    while (*beginning && fold(*text) == fold(*beginning)) {
        text++;
        beginning++;
    }
    return !*beginning;
}

/* How far a known word is from one that is not; FAR: it is not near. */
static int measure(const char *word, const char *known) {
    int length = (int)strlen(word), most = least((length + 2) / 3, MOST_LETTERS);
    if (length > LEAD_NEAREST_LENGTH || strlen(known) > LEAD_NEAREST_LENGTH)
        return FAR;
    int letters = distance(word, known);
    if (letters <= most && letters < length)
        return letters;
    return length >= SHORTEST_BEGINNING && begins(known, word) ? MOST_LETTERS + 1 : FAR;
}

void lead_nearest_offer(lead_nearest *self, const char *known) {
    LEAD_EXPECTS(self && self->word && known);
    int letters = measure(self->word, known);
    if (letters == FAR || (self->known[0] && letters >= self->letters))
        return;
    self->letters = letters;
    snprintf(self->known, sizeof self->known, "%s", known);
}

void lead_nearest_offer_list(lead_nearest *self, const char *list) {
    LEAD_EXPECTS(self && list);
    char known[LEAD_NEAREST_LENGTH + 2];
    for (size_t length; *(list += strspn(list, ", ")); list += length) {
        length = strcspn(list, ",");
        snprintf(known, sizeof known, "%.*s", (int)length, list);
        lead_nearest_offer(self, known);
    }
}

const char *lead_nearest_hint(lead_nearest *self) {
    LEAD_EXPECTS(self);
    self->hint[0] = '\0';
    if (self->known[0])
        snprintf(self->hint, sizeof self->hint, ": did you mean %s?", self->known);
    return self->hint;
}

lead_status lead_fail_unknown(const char *word, const char *list) {
    LEAD_EXPECTS(word && list);
    lead_nearest nearest = {.word = word};
    lead_nearest_offer_list(&nearest, list);
    return lead_fail(LEAD_INVALID, "\"%.60s\" is none of %s%s", word, list,
                     lead_nearest_hint(&nearest));
}
