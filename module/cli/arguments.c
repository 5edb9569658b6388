/* Options of the commands. */
#define _GNU_SOURCE /* getopt_long */
#include "cli/cli.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* The options of a command, as getopt_long has them, and where their values go. */
typedef struct parser {
    const lead_cli_command *command;
    const lead_cli_row *rows[LEAD_CLI_ROWS];
    const lead_cli_option *places[LEAD_CLI_ROWS];
    struct option known[LEAD_CLI_ROWS + 1];
    int count;
} parser;

static const lead_cli_option *place_of(const char *name, const lead_cli_option *options,
                                       int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

/* Every row has a place for its value, and every place a row: else the table and the command's file
 * do not go together. */
static lead_status prepare(parser *self, const lead_cli_option *options, int option_count) {
    const lead_cli_row *row;
    for (; (row = lead_cli_row_at(self->command, self->count)); self->count++) {
        int i = self->count;
        const lead_cli_option *place = place_of(row->name, options, option_count);
        if (!place || i == LEAD_CLI_ROWS || (row->kind == LEAD_CLI_FLAG) != (place->flag != NULL))
            return lead_fail(LEAD_INVALID, "%s: --%s has no place for its value",
                             self->command->name, row->name);
        self->rows[i] = row;
        self->places[i] = place;
        self->known[i] =
            (struct option){row->name, place->flag ? no_argument : required_argument, NULL, i + 1};
    }
    return self->count == option_count
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "%s has %d options, and its table %d rows",
                           self->command->name, option_count, self->count);
}

/* A value for the option at hand. */
static lead_status take(const parser *self, int index, const char *value) {
    const lead_cli_option *place = self->places[index];
    if (place->flag) {
        *place->flag = true;
        return LEAD_OK;
    }
    if (place->value && *place->value)
        return lead_fail(LEAD_INVALID, "%s: --%s is there twice", self->command->name, place->name);
    LEAD_TRY(lead_cli_row_check(self->rows[index], value));
    if (place->list)
        place->list->values[place->list->count++] = value;
    else
        *place->value = value;
    return LEAD_OK;
}

static lead_status fail_option(const parser *self, const char *text) {
    char name[LEAD_NEAREST_LENGTH + 1];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "="), text);
    lead_nearest nearest = {.word = name + strspn(name, "-")};
    for (int i = 0; i < self->count; i++)
        lead_nearest_offer(&nearest, self->rows[i]->name);
    bool any = nearest.known[0];
    return lead_fail(LEAD_INVALID, "%s: there is no option %s%s%s%s (`lead help %s` lists them)",
                     self->command->name, name, any ? ": did you mean --" : "", nearest.known,
                     any ? "?" : "", self->command->name);
}

/* What getopt_long could not make sense of; of an option that it knows, it tells the `val`. */
static lead_status refuse(const parser *self, char **argv, int found) {
    int index = optopt > 0 && optopt <= self->count ? optopt - 1 : -1;
    if (index < 0)
        return fail_option(self, argv[optind - 1]);
    return lead_fail(LEAD_INVALID, "%s: --%s %s", self->command->name, self->rows[index]->name,
                     found == ':' ? "needs a value" : "takes no value");
}

lead_status lead_cli_parse(int argc, char **argv, const lead_cli_option *options, int option_count,
                           char ***rest, int *rest_count) {
    parser self = {.command = lead_cli_command_find(argv[0])};
    if (!self.command)
        return lead_cli_fail_command(argv[0]);
    LEAD_TRY(prepare(&self, options, option_count));
    optind = 0; /* begins anew */
    for (;;) {
        int found = getopt_long(argc, argv, ":", self.known, NULL);
        if (found == -1)
            break;
        if (found == '?' || found == ':')
            return refuse(&self, argv, found);
        LEAD_TRY(take(&self, found - 1, optarg));
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

lead_status lead_cli_step(const char *text, double *step) {
    *step = 0;
    if (!text)
        return LEAD_OK;
    LEAD_TRY(within("step", lead_quantity_parse(text, LEAD_QUANTITY_TIME, step)));
    return *step >= 1 && *step <= 1e9
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "--step: %.40s is not in 1..1e9 s", text);
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
    if (directions)
        reading->directions =
            strcmp(directions, "both") == 0 ? LEAD_DIRECTIONS_BOTH : LEAD_DIRECTIONS_ONE_WAY;
    return LEAD_OK;
}

void lead_cli_number(const char *text, double *value) {
    if (text)
        (void)lead_number_parse(text, value); /* the table's row was held to it */
}

lead_status lead_cli_whole(const char *name, const char *text, double least, double most,
                           double *value) {
    const lead_cli_row row = {.name = name, .kind = LEAD_CLI_WHOLE, .least = least, .most = most};
    if (!text)
        return LEAD_OK;
    LEAD_TRY(lead_cli_row_check(&row, text));
    lead_cli_number(text, value);
    return LEAD_OK;
}

lead_status lead_cli_threads(const char *text) {
    double threads = 0;
    char value[16];
    if (!text)
        return LEAD_OK;
    lead_cli_number(text, &threads);
    snprintf(value, sizeof value, "%d", (int)threads);
    return setenv("LEAD_THREADS", value, 1) == 0 && setenv("OMP_NUM_THREADS", value, 1) == 0
               ? LEAD_OK
               : lead_fail(LEAD_MEMORY, "no memory for the number of threads");
}
