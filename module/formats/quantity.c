/* Numbers with units, as people write them. */
#include "base/expects.h"
#include "formats/text.h"
#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    double factor;
    lead_quantity kind;
} units[] = {
    {"bit/s", 1, LEAD_QUANTITY_RATE},     {"kbit/s", 1e3, LEAD_QUANTITY_RATE},
    {"Mbit/s", 1e6, LEAD_QUANTITY_RATE},  {"Gbit/s", 1e9, LEAD_QUANTITY_RATE},
    {"Tbit/s", 1e12, LEAD_QUANTITY_RATE}, {"Pbit/s", 1e15, LEAD_QUANTITY_RATE},
    {"Kbit/s", 1e3, LEAD_QUANTITY_RATE},  {"bps", 1, LEAD_QUANTITY_RATE},
    {"kbps", 1e3, LEAD_QUANTITY_RATE},    {"Kbps", 1e3, LEAD_QUANTITY_RATE},
    {"Mbps", 1e6, LEAD_QUANTITY_RATE},    {"Gbps", 1e9, LEAD_QUANTITY_RATE},
    {"Tbps", 1e12, LEAD_QUANTITY_RATE},   {"B/s", 8, LEAD_QUANTITY_RATE},
    {"kB/s", 8e3, LEAD_QUANTITY_RATE},    {"MB/s", 8e6, LEAD_QUANTITY_RATE},
    {"GB/s", 8e9, LEAD_QUANTITY_RATE},    {"s", 1, LEAD_QUANTITY_TIME},
    {"ms", 1e-3, LEAD_QUANTITY_TIME},     {"us", 1e-6, LEAD_QUANTITY_TIME},
    {"ns", 1e-9, LEAD_QUANTITY_TIME},     {"min", 60, LEAD_QUANTITY_TIME},
    {"h", 3600, LEAD_QUANTITY_TIME},      {"d", 86400, LEAD_QUANTITY_TIME},
    {"B", 1, LEAD_QUANTITY_SIZE},         {"kB", 1e3, LEAD_QUANTITY_SIZE},
    {"MB", 1e6, LEAD_QUANTITY_SIZE},
};

static const char *kind_text(lead_quantity kind) {
    return kind == LEAD_QUANTITY_RATE   ? "a rate like \"10 Gbit/s\""
           : kind == LEAD_QUANTITY_TIME ? "a time like \"300 s\""
                                        : "a size like \"1000 B\"";
}

lead_status lead_quantity_parse(const char *text, lead_quantity kind, double *value) {
    LEAD_EXPECTS(text && value);
    char number[64] = "";
    size_t digits = strspn(text, "+-.0123456789eE");
    const char *unit = text + digits;
    if (digits < sizeof number)
        memcpy(number, text, digits);
    unit += strspn(unit, " ");
    if (!lead_number_parse(number, value))
        return lead_fail(LEAD_FORMAT, "\"%.40s\" is not %s", text, kind_text(kind));
    if (!*unit)
        return LEAD_OK;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].kind == kind && strcmp(units[i].name, unit) == 0) {
            *value *= units[i].factor;
            if (isfinite(*value))
                return LEAD_OK;
        }
    return lead_fail(LEAD_FORMAT, "\"%.40s\" is not %s", text, kind_text(kind));
}

lead_status lead_unit_parse(const char *text, double *unit) {
    LEAD_EXPECTS(text && unit);
    char one[80];
    snprintf(one, sizeof one, "1 %.70s", text);
    lead_status status = *text ? lead_quantity_parse(one, LEAD_QUANTITY_RATE, unit) : LEAD_FORMAT;
    if (status != LEAD_OK)
        status = lead_quantity_parse(text, LEAD_QUANTITY_RATE, unit);
    return status == LEAD_OK && *unit > 0
               ? LEAD_OK
               : lead_fail(LEAD_FORMAT, "\"%.40s\" is not a unit of rates like Mbit/s", text);
}
