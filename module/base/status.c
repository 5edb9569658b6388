/* Status codes and the message of the last failure, one per thread. */
#include "base/expects.h"
#include <lead/base.h>
#include <stdarg.h>
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

/* Bytes of the UTF-8 character that begins at `text`; 0 when none does. */
static size_t character_length(const unsigned char *text) {
    size_t length = text[0] < 0x80                      ? 1
                    : text[0] >= 0xc2 && text[0] < 0xe0 ? 2
                    : text[0] >= 0xe0 && text[0] < 0xf0 ? 3
                    : text[0] >= 0xf0 && text[0] < 0xf5 ? 4
                                                        : 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* C0, DEL and, as UTF-8 has them, C1. */
static bool is_control(const unsigned char *text) {
    return text[0] < 0x20 || text[0] == 0x7f || (text[0] == 0xc2 && text[1] < 0xa0);
}

const char *lead_printable(const char *text, char *out, size_t room) {
    LEAD_EXPECTS(text && out);
    const unsigned char *from = (const unsigned char *)text;
    size_t used = 0;
    while (*from) {
        size_t length = character_length(from);
        bool shown = length > 0 && !is_control(from);
        size_t step = length > 0 ? length : 1, needed = shown ? step : 4 * step;
        if (used + needed >= room)
            break;
        if (shown)
            memcpy(out + used, from, step);
        for (size_t i = 0; !shown && i < step; i++)
            snprintf(out + used + 4 * i, 5, "\\x%02x", from[i]);
        used += needed;
        from += step;
    }
    out[used] = '\0';
    return out;
}

lead_status lead_fail(lead_status status, const char *format, ...) {
    char text[MESSAGE_SIZE]; /* the arguments may point into the old message */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    lead_printable(text, last_message, sizeof last_message);
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
