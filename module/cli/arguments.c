/* Options of the commands. */
#include "cli/cli.h"
#include "formats/text/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const lead_cli_option *find(const lead_cli_option *options, int count, const char *name,
                                   size_t length) {
    for (int i = 0; i < count; i++)
        if (strlen(options[i].name) == length && strncmp(options[i].name, name, length) == 0)
            return &options[i];
    return NULL;
}

/* Handles the option at argv[*at]; moves *at over its value. */
static lead_status take(int argc, char **argv, int *at, const lead_cli_option *options, int count) {
    const char *text = argv[*at] + 2, *equals = strchr(text, '=');
    const lead_cli_option *option =
        find(options, count, text, equals ? (size_t)(equals - text) : strlen(text));
    if (!option)
        return lead_fail(LEAD_INVALID, "%s: there is no option %s (see `lead help`)", argv[0],
                         argv[*at]);
    if (option->flag) {
        *option->flag = true;
        return equals ? lead_fail(LEAD_INVALID, "%s: --%s takes no value", argv[0], option->name)
                      : LEAD_OK;
    }
    if (!equals && *at + 1 >= argc)
        return lead_fail(LEAD_INVALID, "%s: --%s needs a value", argv[0], option->name);
    const char *value = equals ? equals + 1 : argv[++*at];
    if (option->list)
        option->list->values[option->list->count++] = value;
    else if (*option->value)
        return lead_fail(LEAD_INVALID, "%s: --%s is there twice", argv[0], option->name);
    else
        *option->value = value;
    return LEAD_OK;
}

lead_status lead_cli_parse(int argc, char **argv, const lead_cli_option *options, int option_count,
                           char ***rest, int *rest_count) {
    bool ended = false;
    int kept = 1;
    for (int i = 1; i < argc; i++) {
        if (!ended && strcmp(argv[i], "--") == 0)
            ended = true;
        else if (!ended && strncmp(argv[i], "--", 2) == 0)
            LEAD_TRY(take(argc, argv, &i, options, option_count));
        else
            argv[kept++] = argv[i];
    }
    *rest = argv + 1;
    *rest_count = kept - 1;
    return LEAD_OK;
}

lead_status lead_cli_time(const char *name, const char *text, int64_t *seconds) {
    if (!text || lead_time_parse(text, seconds) == LEAD_OK)
        return LEAD_OK;
    return lead_fail_within(LEAD_INVALID, "--%s", name);
}

/* "--capacity: " before what is wrong with it. */
static lead_status within(const char *name, lead_status status) {
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "--%s", name);
}

lead_status lead_cli_unit(const char *name, const char *text, double *unit) {
    *unit = 0;
    return text ? within(name, lead_unit_parse(text, unit)) : LEAD_OK;
}

lead_status lead_cli_topology(const char *capacity, const char *unit, const char *directions,
                              lead_topology_reading *reading) {
    *reading = (lead_topology_reading){0};
    if (capacity)
        LEAD_TRY(within("capacity",
                        lead_quantity_parse(capacity, LEAD_QUANTITY_RATE, &reading->capacity)));
    if (capacity && !(reading->capacity > 0))
        return lead_fail(LEAD_INVALID, "--capacity: \"%.40s\" is not positive", capacity);
    LEAD_TRY(lead_cli_unit("topology-unit", unit, &reading->unit));
    if (!directions)
        return LEAD_OK;
    bool both = strcmp(directions, "both") == 0;
    reading->directions = both ? LEAD_DIRECTIONS_BOTH : LEAD_DIRECTIONS_ONE_WAY;
    return both || strcmp(directions, "one-way") == 0
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "--directions: \"%.40s\" is neither both nor one-way",
                           directions);
}

lead_status lead_cli_whole(const char *name, const char *text, double least, double most,
                           double *value) {
    LEAD_TRY(lead_cli_number(name, text, least, most, value));
    return *value == floor(*value)
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "--%s: %s is not a whole number", name, text);
}

lead_status lead_cli_number(const char *name, const char *text, double least, double most,
                            double *value) {
    if (!text)
        return LEAD_OK;
    if (!lead_number_parse(text, value) || !(*value >= least && *value <= most))
        return lead_fail(LEAD_INVALID, "--%s: \"%.40s\" is not a number in %.12g..%.12g", name,
                         text, least, most);
    return LEAD_OK;
}
