/* Numbers with units, as people write them. */
#include "base/expects.h"
#include "formats/text/text.h"
#include <math.h>
#include <string.h>
#include <strings.h>

/* A small b is a bit, a large B a byte. Small letters for mega, giga and tera are read where b is
 * said to be per second ("mbps"): a thousandth of a bit is nobody's. */
static const struct {
    const char *name;
    double factor;
    lead_quantity kind;
} units[] = {
    {"bit/s", 1, LEAD_QUANTITY_RATE},     {"kbit/s", 1e3, LEAD_QUANTITY_RATE},
    {"Kbit/s", 1e3, LEAD_QUANTITY_RATE},  {"Mbit/s", 1e6, LEAD_QUANTITY_RATE},
    {"Gbit/s", 1e9, LEAD_QUANTITY_RATE},  {"Tbit/s", 1e12, LEAD_QUANTITY_RATE},
    {"Pbit/s", 1e15, LEAD_QUANTITY_RATE}, {"b/s", 1, LEAD_QUANTITY_RATE},
    {"kb/s", 1e3, LEAD_QUANTITY_RATE},    {"Kb/s", 1e3, LEAD_QUANTITY_RATE},
    {"Mb/s", 1e6, LEAD_QUANTITY_RATE},    {"Gb/s", 1e9, LEAD_QUANTITY_RATE},
    {"Tb/s", 1e12, LEAD_QUANTITY_RATE},   {"bps", 1, LEAD_QUANTITY_RATE},
    {"kbps", 1e3, LEAD_QUANTITY_RATE},    {"Kbps", 1e3, LEAD_QUANTITY_RATE},
    {"Mbps", 1e6, LEAD_QUANTITY_RATE},    {"mbps", 1e6, LEAD_QUANTITY_RATE},
    {"Gbps", 1e9, LEAD_QUANTITY_RATE},    {"gbps", 1e9, LEAD_QUANTITY_RATE},
    {"Tbps", 1e12, LEAD_QUANTITY_RATE},   {"tbps", 1e12, LEAD_QUANTITY_RATE},
    {"B/s", 8, LEAD_QUANTITY_RATE},       {"kB/s", 8e3, LEAD_QUANTITY_RATE},
    {"KB/s", 8e3, LEAD_QUANTITY_RATE},    {"MB/s", 8e6, LEAD_QUANTITY_RATE},
    {"GB/s", 8e9, LEAD_QUANTITY_RATE},    {"TB/s", 8e12, LEAD_QUANTITY_RATE},
    {"Bps", 8, LEAD_QUANTITY_RATE},       {"kBps", 8e3, LEAD_QUANTITY_RATE},
    {"KBps", 8e3, LEAD_QUANTITY_RATE},    {"MBps", 8e6, LEAD_QUANTITY_RATE},
    {"GBps", 8e9, LEAD_QUANTITY_RATE},    {"TBps", 8e12, LEAD_QUANTITY_RATE},
    {"s", 1, LEAD_QUANTITY_TIME},         {"ms", 1e-3, LEAD_QUANTITY_TIME},
    {"us", 1e-6, LEAD_QUANTITY_TIME},     {"ns", 1e-9, LEAD_QUANTITY_TIME},
    {"min", 60, LEAD_QUANTITY_TIME},      {"h", 3600, LEAD_QUANTITY_TIME},
    {"d", 86400, LEAD_QUANTITY_TIME},     {"B", 1, LEAD_QUANTITY_SIZE},
    {"kB", 1e3, LEAD_QUANTITY_SIZE},      {"MB", 1e6, LEAD_QUANTITY_SIZE},
};

/* What people write for units of time, and which may be meant. */
static const struct {
    const char *word, *unit;
} times[] = {{"m", "min"},       {"m", "ms"},        {"sec", "s"},   {"secs", "s"},
             {"second", "s"},    {"seconds", "s"},   {"msec", "ms"}, {"\xc2\xb5s", "us"},
             {"mins", "min"},    {"minute", "min"},  {"hr", "h"},    {"hour", "h"},
             {"hours", "h"},     {"minutes", "min"}, {"day", "d"},   {"days", "d"},
             {"\xce\xbcs", "us"}};

static const char *kind_text(lead_quantity kind) {
    return kind == LEAD_QUANTITY_RATE   ? "a rate like \"10 Gbit/s\""
           : kind == LEAD_QUANTITY_TIME ? "a time like \"300 s\""
                                        : "a size like \"1000 B\"";
}

/* The number before the unit, which *unit becomes. */
static void split(const char *text, char number[64], const char **unit) {
    size_t digits = strspn(text, "+-.0123456789eE");
    number[0] = '\0';
    if (digits < 64) {
        memcpy(number, text, digits);
        number[digits] = '\0';
    }
    *unit = text + digits + strspn(text + digits, " ");
}

/* Appends "5 min", or " or 5 ms" where something stands already. */
static void add_choice(char out[200], const char *number, const char *unit) {
    size_t used = strlen(out);
    snprintf(out + used, 200 - used, "%s%s%s%s", used > 0 ? " or " : "", number, *number ? " " : "",
             unit);
}

/* Units that are `word` and `more` but for letter case, one of each size. */
static void add_alike(char out[200], const char *number, const char *word, const char *more,
                      lead_quantity kind) {
    char wanted[24];
    double last = 0;
    if ((size_t)snprintf(wanted, sizeof wanted, "%s%s", word, more) >= sizeof wanted)
        return;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (units[i].kind != kind || strcasecmp(units[i].name, wanted) != 0 ||
            units[i].factor == last)
            continue;
        add_choice(out, number, units[i].name);
        last = units[i].factor;
    }
}

const char *lead_quantity_advice(const char *text, lead_quantity kind, char out[220]) {
    static const char *const more[] = {"", "/s", "bit/s"};
    char number[64], choices[200] = "";
    const char *unit;
    split(text, number, &unit);
    for (size_t i = 0; i < sizeof more / sizeof *more && *unit && !*choices; i++)
        add_alike(choices, number, unit, more[i], kind);
    for (size_t i = 0; i < sizeof times / sizeof *times && kind == LEAD_QUANTITY_TIME; i++)
        if (strcasecmp(unit, times[i].word) == 0)
            add_choice(choices, number, times[i].unit);
    if (!*choices)
        return lead_comma_advice(text);
    snprintf(out, 220, " (write %s)", choices);
    return out;
}

static lead_status refuse(const char *text, lead_quantity kind) {
    char advice[220];
    return lead_fail(LEAD_FORMAT, "\"%.40s\" is not %s%s", text, kind_text(kind),
                     lead_quantity_advice(text, kind, advice));
}

lead_status lead_quantity_parse(const char *text, lead_quantity kind, double *value) {
    LEAD_EXPECTS(text && value);
    char number[64];
    const char *unit;
    split(text, number, &unit);
    if (!lead_number_parse(number, value))
        return lead_fail(LEAD_FORMAT, "\"%.40s\" is not %s", text, kind_text(kind));
    if (!*unit)
        return LEAD_OK;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].kind == kind && strcmp(units[i].name, unit) == 0) {
            *value *= units[i].factor;
            return isfinite(*value) ? LEAD_OK
                                    : lead_fail(LEAD_FORMAT, "\"%.40s\" is too large", text);
        }
    return refuse(text, kind);
}

lead_status lead_unit_parse(const char *text, double *unit) {
    LEAD_EXPECTS(text && unit);
    char one[80], advice[220];
    snprintf(one, sizeof one, "1 %.70s", text);
    lead_status status = *text ? lead_quantity_parse(one, LEAD_QUANTITY_RATE, unit) : LEAD_FORMAT;
    if (status != LEAD_OK)
        status = lead_quantity_parse(text, LEAD_QUANTITY_RATE, unit);
    return status == LEAD_OK && *unit > 0
               ? LEAD_OK
               : lead_fail(LEAD_FORMAT, "\"%.40s\" is not a unit of rates like Mbit/s%s", text,
                           lead_quantity_advice(text, LEAD_QUANTITY_RATE, advice));
}
