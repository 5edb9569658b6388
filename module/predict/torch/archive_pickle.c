/* A pickle of a TorchScript archive, instruction by instruction: how much it builds, and which
 * types it names. */
#include "predict/torch/archive.h"
#include <string.h>

enum {
    BUILT_MOST =
        20000, /* values that hold values: libtorch walks them as deep as they are nested */
    BRACKETS_MOST = 200, /* of a type's name within one another */
    TEXT_MOST = 65536
};

/* Bytes that follow an instruction: a fixed number, or a length of so many bytes and then so much,
 * or lines. */
typedef struct instruction {
    unsigned char code, bytes, length_bytes, lines;
    bool builds;
} instruction;

static const instruction instructions[] = {
    {'(', 0, 0, 0, false},  {'.', 0, 0, 0, false}, {'0', 0, 0, 0, false},  {'2', 0, 0, 0, false},
    {'N', 0, 0, 0, false},  {'Q', 0, 0, 0, false}, {'}', 0, 0, 0, true},   {']', 0, 0, 0, true},
    {')', 0, 0, 0, false},  {0x85, 0, 0, 0, true}, {0x86, 0, 0, 0, true},  {0x87, 0, 0, 0, true},
    {'t', 0, 0, 0, true},   {'l', 0, 0, 0, true},  {'d', 0, 0, 0, true},   {'a', 0, 0, 0, true},
    {'e', 0, 0, 0, true},   {'s', 0, 0, 0, true},  {'u', 0, 0, 0, true},   {'b', 0, 0, 0, true},
    {'R', 0, 0, 0, true},   {0x81, 0, 0, 0, true}, {0x88, 0, 0, 0, false}, {0x89, 0, 0, 0, false},
    {0x80, 1, 0, 0, false}, {'K', 1, 0, 0, false}, {'M', 2, 0, 0, false},  {'J', 4, 0, 0, false},
    {'G', 8, 0, 0, false},  {'h', 1, 0, 0, false}, {'j', 4, 0, 0, false},  {'q', 1, 0, 0, false},
    {'r', 4, 0, 0, false},  {'X', 0, 4, 0, false}, {0x8c, 0, 1, 0, false}, {'U', 0, 1, 0, false},
    {'T', 0, 4, 0, false},  {'B', 0, 4, 0, false}, {'C', 0, 1, 0, false},  {0x8a, 0, 1, 0, false},
    {'c', 0, 0, 2, false},
};

enum { INSTRUCTIONS = sizeof instructions / sizeof *instructions };

static const instruction *find(unsigned char code) {
    for (int i = 0; i < INSTRUCTIONS; i++)
        if (instructions[i].code == code)
            return &instructions[i];
    return NULL;
}

static bool holds(const char *text, size_t length, const char *wanted) {
    size_t size = strlen(wanted);
    for (size_t i = 0; i + size <= length; i++)
        if (memcmp(text + i, wanted, size) == 0)
            return true;
    return false;
}

/* Names of types are read like code. */
static lead_status check_text(const char *text, size_t length) {
    int depth = 0;
    if (length > TEXT_MOST)
        return lead_fail(LEAD_FORMAT, "a text of %zu bytes, at most %d are a model's", length,
                         TEXT_MOST);
    for (size_t i = 0; i < length; i++) {
        depth += text[i] == '[' || text[i] == '(';
        if (depth > BRACKETS_MOST)
            return lead_fail(LEAD_FORMAT, "a text with more than %d brackets", BRACKETS_MOST);
    }
    if (holds(text, length, "torch.classes"))
        return lead_fail(LEAD_FORMAT,
                         "names a class of torch.classes; a model holds tensors and modules only");
    return LEAD_OK;
}

/* The argument at bytes[*at], which it steps over. */
static lead_status read_argument(const instruction *what, const unsigned char *bytes, size_t length,
                                 size_t *at) {
    size_t size = what->bytes;
    for (int i = what->length_bytes - 1; i >= 0; i--) {
        if (*at + what->length_bytes > length)
            return lead_fail(LEAD_FORMAT, "ends in an instruction");
        size = size << 8 | bytes[*at + (size_t)i];
    }
    *at += what->length_bytes;
    for (int i = 0; i < what->lines; i++) {
        const unsigned char *end = memchr(bytes + *at + size, '\n', length - *at - size);
        if (!end)
            return lead_fail(LEAD_FORMAT, "ends in an instruction");
        size = (size_t)(end - bytes) + 1 - *at;
    }
    if (size > length - *at)
        return lead_fail(LEAD_FORMAT, "ends in an instruction");
    if (what->length_bytes || what->lines)
        LEAD_TRY(check_text((const char *)bytes + *at, size));
    *at += size;
    return LEAD_OK;
}

lead_status lead_archive_check_pickle(const unsigned char *bytes, size_t length) {
    int built = 0;
    for (size_t at = 0; at < length;) {
        unsigned char code = bytes[at++];
        const instruction *what = find(code);
        if (!what)
            return lead_fail(LEAD_FORMAT, "byte %zu: there is no instruction %d", at - 1, code);
        if (code == '.')
            return LEAD_OK;
        built += what->builds;
        if (built > BUILT_MOST)
            return lead_fail(LEAD_FORMAT, "more than %d values in values, which no model has",
                             BUILT_MOST);
        LEAD_TRY(read_argument(what, bytes, length, &at));
    }
    return lead_fail(LEAD_FORMAT, "has no end");
}
