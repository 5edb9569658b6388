#include "base/table.h"
#include <string.h>

static const char *name_of(const void *type) {
    return *(const char *const *)type;
}

const void *lead_table_find(const void *const *table, int count, const char *name) {
    for (int i = 0; i < count; i++)
        if (strcmp(name_of(table[i]), name) == 0)
            return table[i];
    return NULL;
}

const char *lead_table_names(const void *const *table, int count, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < count && used < size; i++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", name_of(table[i]));
    return text;
}

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

void lead_word_at(const char *list, int place, char *text, size_t size) {
    for (; place > 0 && *list; place--) {
        list += strcspn(list, ",");
        list += strspn(list, ", ");
    }
    snprintf(text, size, "%.*s", (int)strcspn(list, ","), list);
}
