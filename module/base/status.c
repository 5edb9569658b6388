/* Status codes and the message of the last failure, one per thread. */
#include <lead/base.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_SIZE = 1024 };

static _Thread_local char last_message[MESSAGE_SIZE];

const char *lead_status_name(lead_status status) {
    switch (status) {
#define X(name, text)                                                                              \
    case LEAD_##name:                                                                              \
        return #name;
        LEAD_STATUS_LIST(X)
#undef X
    }
    return "?";
}

const char *lead_status_text(lead_status status) {
    switch (status) {
#define X(name, text)                                                                              \
    case LEAD_##name:                                                                              \
        return text;
        LEAD_STATUS_LIST(X)
#undef X
    }
    return "?";
}

lead_status lead_fail(lead_status status, const char *format, ...) {
    char text[MESSAGE_SIZE]; /* the arguments may point into the old message */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    memcpy(last_message, text, sizeof text);
    return status;
}

lead_status lead_fail_within(lead_status status, const char *format, ...) {
    char context[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(context, sizeof context, format, arguments);
    va_end(arguments);
    return lead_fail(status, "%s: %s", context, last_message);
}

const char *lead_last_message(void) {
    return last_message;
}

lead_status lead_calloc(size_t count, size_t size, void *out) {
    bool fits = size == 0 || count <= PTRDIFF_MAX / size;
    void *memory = fits ? calloc(count ? count : 1, size ? size : 1) : NULL;
    if (!memory)
        return lead_fail(LEAD_MEMORY, "no memory for %zu items of %zu bytes", count, size);
    memcpy(out, &memory, sizeof memory);
    return LEAD_OK;
}

lead_status lead_string_copy(const char *text, char **out) {
    size_t size = strlen(text) + 1;
    LEAD_TRY(lead_calloc(size, 1, out));
    memcpy(*out, text, size);
    return LEAD_OK;
}
