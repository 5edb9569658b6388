/* Options of the commands. */
#define _GNU_SOURCE /* getopt_long */
#include "cli/cli.h"
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 96 };

/* A value for the option at hand. */
static lead_status take(const char *command, const lead_cli_option *option, const char *value) {
    if (option->flag)
        *option->flag = true;
    else if (option->list)
        option->list->values[option->list->count++] = value;
    else if (*option->value)
        return lead_fail(LEAD_INVALID, "%s: --%s is there twice", command, option->name);
    else
        *option->value = value;
    return LEAD_OK;
}

/* What getopt_long could not make sense of. */
static lead_status refuse(char **argv, int found, const struct option *known, int index) {
    if (found == ':')
        return lead_fail(LEAD_INVALID, "%s: --%s needs a value", argv[0], known[index].name);
    if (index >= 0)
        return lead_fail(LEAD_INVALID, "%s: --%s takes no value", argv[0], known[index].name);
    return lead_fail(LEAD_INVALID, "%s: there is no option %s (see `lead help`)", argv[0],
                     argv[optind - 1]);
}

/* The place of the option that getopt_long complains of by its `val`; -1: it knows none. */
static int complained_of(int count) {
    return optopt > 0 && optopt <= count ? optopt - 1 : -1;
}

lead_status lead_cli_parse(int argc, char **argv, const lead_cli_option *options, int option_count,
                           char ***rest, int *rest_count) {
    struct option known[OPTIONS_MAX + 1] = {{0}};
    if (option_count > OPTIONS_MAX)
        return lead_fail(LEAD_INVALID, "%s: %d options are too many", argv[0], option_count);
    for (int i = 0; i < option_count; i++)
        known[i] = (struct option){options[i].name,
                                   options[i].flag ? no_argument : required_argument, NULL, i + 1};
    optind = 0; /* begins anew */
    for (;;) {
        int found = getopt_long(argc, argv, ":", known, NULL);
        if (found == -1)
            break;
        if (found == '?' || found == ':')
            return refuse(argv, found, known, complained_of(option_count));
        LEAD_TRY(take(argv[0], &options[found - 1], optarg));
    }
    *rest = argv + optind;
    *rest_count = argc - optind;
    return LEAD_OK;
}

lead_status lead_cli_overrides_alloc(int argc, lead_cli_overrides *overrides) {
    *overrides = (lead_cli_overrides){0};
    LEAD_TRY(lead_calloc((size_t)argc + 1, sizeof(char *), &overrides->sets.values));
    lead_status status = lead_calloc((size_t)argc + 1, sizeof(char *), &overrides->events.values);
    if (status != LEAD_OK)
        lead_cli_overrides_free(overrides);
    return status;
}

void lead_cli_overrides_free(lead_cli_overrides *overrides) {
    free(overrides->sets.values);
    free(overrides->events.values);
    *overrides = (lead_cli_overrides){0};
}

const lead_overrides *lead_cli_overrides_of(lead_cli_overrides *overrides) {
    lead_cli_list *sets = &overrides->sets;
    int count = sets->count;
    if (overrides->engine) {
        snprintf(overrides->engine_set, sizeof overrides->engine_set, "engine=%s",
                 overrides->engine);
        sets->values[count++] = overrides->engine_set;
    }
    overrides->all = (lead_overrides){.sets = sets->values,
                                      .set_count = count,
                                      .policies = overrides->policies,
                                      .events = overrides->events.values,
                                      .event_count = overrides->events.count};
    return &overrides->all;
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

lead_status lead_cli_threads(const char *text) {
    double threads;
    char value[16];
    if (!text)
        return LEAD_OK;
    LEAD_TRY(lead_cli_whole("threads", text, 1, LEAD_CLI_THREADS, &threads));
    snprintf(value, sizeof value, "%d", (int)threads);
    return setenv("LEAD_THREADS", value, 1) == 0 && setenv("OMP_NUM_THREADS", value, 1) == 0
               ? LEAD_OK
               : lead_fail(LEAD_MEMORY, "no memory for the number of threads");
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
