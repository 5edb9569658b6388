/* Names of predictors for tables: short, and no two of different predictors alike. */
#include "cli/text/label.h"
#include <stdio.h>
#include <string.h>

/* Where the last `depth` parts of a path begin. */
static const char *tail_of(const char *path, int depth) {
    const char *at = path + strlen(path);
    for (; depth > 0 && at > path; depth--) {
        while (at > path && at[-1] == '/')
            at--;
        while (at > path && at[-1] != '/')
            at--;
    }
    return at;
}

static const char *path_of(const char *predictor) {
    size_t length = strcspn(predictor, ":,");
    return predictor[length] == ':' ? predictor + length + 1 : predictor + strlen(predictor);
}

/* "NAME:TAIL", TAIL the last `depth` parts of the path, without options after a comma. Where that
 * is too long the name gives way, down to its first letter, then the tail's beginning. */
static void write_label(const char *predictor, int depth, const char *mark,
                        char text[LEAD_CLI_LABEL + 1]) {
    const char *path = path_of(predictor), *tail = tail_of(path, depth);
    const size_t room = LEAD_CLI_LABEL - 1 - strlen(mark);
    size_t name = *path ? (size_t)(path - predictor - 1) : strcspn(predictor, ":,"),
           length = strcspn(tail, ",");
    if (length > room - 1) {
        tail += length - (room - 1);
        length = room - 1;
    }
    for (; ((unsigned char)*tail & 0xC0) == 0x80; tail++) /* not within a UTF-8 letter */
        length--;
    if (name > room - length)
        name = room - length;
    snprintf(text, LEAD_CLI_LABEL + 1, "%.*s%s%s%.*s", (int)name, predictor, mark,
             length ? ":" : "", (int)length, tail);
}

/* Whether another predictor has this label at the depth or at a lesser one, which it may have
 * chosen. */
static bool is_taken(const char *const *predictors, int count, int index, int depth,
                     const char *label) {
    char other[LEAD_CLI_LABEL + 1];
    for (int i = 0; i < count; i++)
        for (int d = 1; d <= depth && strcmp(predictors[i], predictors[index]) != 0; d++) {
            write_label(predictors[i], d, "", other);
            if (strcmp(other, label) == 0)
                return true;
        }
    return false;
}

void lead_cli_label(const char *const *predictors, int count, int index,
                    char text[LEAD_CLI_LABEL + 1]) {
    char mark[16];
    for (int depth = 1; depth <= LEAD_CLI_LABEL; depth++) { /* more parts do not fit */
        write_label(predictors[index], depth, "", text);
        if (!is_taken(predictors, count, index, depth, text))
            return;
    }
    snprintf(mark, sizeof mark, "#%d", index + 1);
    write_label(predictors[index], 1, mark, text);
}
