#include "base/words.h"
#include <string.h>

int lead_word_place(const char *text, const char *words) {
    size_t length = strlen(text);
    for (int place = 0; *words; place++) {
        size_t word = strcspn(words, ",");
        if (word == length && strncmp(words, text, word) == 0)
            return place;
        words += word;
        words += strspn(words, ", ");
    }
    return -1;
}
