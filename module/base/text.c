/* Texts whatever the program's locale is. */
#include "base/expects.h"
#include <lead/base.h>
#include <locale.h>

/* "C" for all categories is built in: this allocates nothing. */
lead_locale lead_locale_enter(void) {
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return c ? (lead_locale)uselocale(c) : NULL;
}

void lead_locale_leave(lead_locale before) {
    if (!before)
        return;
    locale_t c = uselocale((locale_t)before);
    freelocale(c);
}

/* Bytes of the character at `c`, or 0: overlong forms, surrogates and what lies beyond U+10FFFF are
 * none (Unicode 15, table 3-7). */
static int utf8_length(const unsigned char *c) {
    static const struct {
        unsigned char first, last, low, high; /* of the first byte; of the second */
        int length;
    } forms[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (*c < forms[i].first || *c > forms[i].last)
            continue;
        for (int k = 1; k < forms[i].length; k++) {
            unsigned char low = k == 1 ? forms[i].low : 0x80, high = k == 1 ? forms[i].high : 0xbf;
            if (c[k] < low || c[k] > high)
                return 0;
        }
        return forms[i].length;
    }
    return 0;
}

bool lead_utf8_valid(const char *text) {
    LEAD_EXPECTS(text);
    const unsigned char *c = (const unsigned char *)text;
    for (int length; *c; c += length)
        if ((length = utf8_length(c)) == 0)
            return false;
    return true;
}

void lead_utf8_print(uint32_t code, char text[5]) {
    LEAD_EXPECTS(text);
    int length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    text[length] = '\0';
    for (int i = length - 1; i > 0; i--, code >>= 6)
        text[i] = (char)(0x80 | (code & 0x3f));
    text[0] = (char)(lead[length] | code);
}
