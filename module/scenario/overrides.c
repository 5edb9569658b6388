/* Overrides of a scenario's keys; see overrides.h. */
#include "scenario/overrides.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

/* The rows at hand whose keys follow one another in a raw struct: those of one section, or two. */
typedef struct raw_part {
    char **texts; /* NULL: the file has no such part */
    const lead_option_section *sections[2];
} raw_part;

/* The text of a key among a part's; NULL: it has none of that name. */
static char **text_of(const raw_part *part, const char *key) {
    char **texts = part->texts;
    for (int s = 0; s < 2 && part->sections[s]; s++) {
        int row = lead_option_find(part->sections[s], key);
        if (row >= 0)
            return texts + row;
        texts += part->sections[s]->count;
    }
    return NULL;
}

/* Whether `path` begins with `name` and a dot; moves it behind them. */
static bool leave(const char **path, const char *name) {
    size_t length = strlen(name);
    if (strncmp(*path, name, length) != 0 || (*path)[length] != '.')
        return false;
    *path += length + 1;
    return true;
}

static lead_status make(void **part, size_t size) {
    return *part ? LEAD_OK : lead_calloc(1, size, part);
}

/* The policy that a path begins with; NULL: none. Of two names the longer one: names may have
 * dots. */
static raw_policy *policy_of(const raw_scenario *raw, const char **path) {
    raw_policy *found = NULL;
    const char *rest = *path;
    for (unsigned i = 0; i < raw->policies_count; i++) {
        const char *after = *path;
        if (!raw->policies[i].name || !leave(&after, raw->policies[i].name) || after < rest)
            continue;
        found = &raw->policies[i];
        rest = after;
    }
    *path = rest;
    return found;
}

static lead_status fail_policy(const raw_scenario *raw, const char *name, size_t length) {
    char known[400] = "", word[101];
    for (unsigned i = 0, used = 0; i < raw->policies_count && used < sizeof known; i++)
        used += (unsigned)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                                   raw->policies[i].name ? raw->policies[i].name : "?");
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    lead_nearest nearest = {.word = word};
    lead_nearest_offer_list(&nearest, known);
    return lead_fail(LEAD_INVALID, "there is no policy \"%s\" (%s)%s", word, known,
                     lead_nearest_hint(&nearest));
}

static lead_status part_of_policy(raw_policy *policy, const char **path, raw_part *out) {
    if (leave(path, "predict")) {
        LEAD_TRY(make((void **)&policy->predict, sizeof *policy->predict));
        *out = (raw_part){&policy->predict->model, {&lead_model_section, &lead_predict_section}};
    } else if (leave(path, "measure")) {
        LEAD_TRY(make((void **)&policy->measure, sizeof *policy->measure));
        *out = (raw_part){&policy->measure->from, {&lead_measure_section, NULL}};
    } else if (leave(path, "te.when")) {
        *out = (raw_part){&policy->te.when.gain, {&lead_when_section, NULL}};
    } else if (leave(path, "te")) {
        *out = (raw_part){&policy->te.algorithm, {&lead_choice_section, &lead_te_section}};
    } else {
        *out = (raw_part){&policy->name, {&lead_policy_section, NULL}};
    }
    return LEAD_OK;
}

/* What a path is in, and the key that is left of it. */
static lead_status part_of(raw_scenario *raw, const char **path, raw_part *out) {
    const struct {
        const char *name;
        raw_part part;
    } parts[] = {
        {"topology", {&raw->topology.file, {&lead_topology_section, NULL}}},
        {"traffic.tm", {raw->traffic.tm ? &raw->traffic.tm->file : NULL, {&lead_tm_section, NULL}}},
        {"traffic.synthetic",
         {raw->traffic.synthetic ? &raw->traffic.synthetic->start : NULL,
          {&lead_span_section, &lead_synthetic_section}}},
        {"traffic.load", {&raw->traffic.load.optimal_mlu_peak, {&lead_load_section, NULL}}},
        {"traffic.packets", {&raw->traffic.packets.model, {&lead_packets_section, NULL}}},
        {"time", {&raw->time.epoch, {&lead_time_section, NULL}}},
        {"queue", {&raw->queue.kind, {&lead_queue_section, NULL}}},
        {"measure", {&raw->measure.from, {&lead_measure_section, NULL}}},
        {"detect", {&raw->detect.level, {&lead_detect_section, NULL}}},
        {"outputs", {&raw->outputs.plans, {&lead_plans_section, &lead_outputs_section}}},
    };
    *out = (raw_part){&raw->name, {&lead_scenario_section, &lead_convergence_section}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (leave(path, parts[i].name)) {
            *out = parts[i].part;
            return LEAD_OK;
        }
    if (!leave(path, "policies"))
        return LEAD_OK;
    raw_policy *policy = policy_of(raw, path);
    if (!policy)
        return fail_policy(raw, *path, strcspn(*path, "."));
    return part_of_policy(policy, path, out);
}

/* Offers the paths of a section's keys, and what they end with: who leaves the way to a key out
 * learns it. */
static void offer_paths(lead_nearest *nearest, const char *part,
                        const lead_option_section *section) {
    char known[2 * LEAD_NEAREST_LENGTH];
    for (int i = 0; i < section->count; i++) {
        const char *name = section->rows[i].name;
        snprintf(known, sizeof known, "%s%s%s", part, *part ? "." : "", name);
        lead_nearest_offer(nearest, known);
        if (!nearest->known[0] && strcmp(nearest->word, name) == 0)
            snprintf(nearest->known, sizeof nearest->known, "%.*s", LEAD_NEAREST_LENGTH, known);
    }
}

/* The path that is near one that leads to no key: of the policies' keys those of all policies. */
static void guess_path(const raw_scenario *raw, const char *path, lead_nearest *nearest) {
    static const char policies[] = "policies[]";
    char part[2 * LEAD_NEAREST_LENGTH];
    *nearest = (lead_nearest){.word = path};
    for (int s = 0; lead_option_sections[s]; s++) {
        const lead_option_section *section = lead_option_sections[s];
        bool each = strncmp(section->key, policies, sizeof policies - 1) == 0;
        if (!each && !strchr(section->key, '['))
            offer_paths(nearest, section->key, section);
        for (unsigned i = 0; each && i < raw->policies_count; i++) {
            snprintf(part, sizeof part, "policies.%.60s%s",
                     raw->policies[i].name ? raw->policies[i].name : "?",
                     section->key + sizeof policies - 1);
            offer_paths(nearest, part, section);
        }
    }
}

static lead_status fail_key(const raw_scenario *raw, const char *path) {
    lead_nearest nearest;
    guess_path(raw, path, &nearest);
    return lead_fail(LEAD_INVALID,
                     "there is no key \"%.60s\" (policies.NAME.te.KEY and the like; `lead explain` "
                     "lists them)%s",
                     path, lead_nearest_hint(&nearest));
}

static lead_status set(raw_scenario *raw, const char *text) {
    size_t length = strcspn(text, "=");
    char path[200];
    const char *key = path;
    raw_part part;
    if (!text[length] || length == 0 || length >= sizeof path)
        return lead_fail(LEAD_INVALID, "\"%.60s\" is not PATH=VALUE", text);
    snprintf(path, sizeof path, "%.*s", (int)length, text);
    LEAD_TRY(part_of(raw, &key, &part));
    if (!part.texts)
        return lead_fail(LEAD_INVALID, "the scenario has no part for \"%.60s\"", path);
    char **value = text_of(&part, key);
    if (!value)
        return fail_key(raw, path);
    char *copy;
    LEAD_TRY(lead_string_copy(text + length + 1, &copy));
    free(*value);
    *value = copy;
    return LEAD_OK;
}

static bool is_listed(const char *name, const char *list) {
    size_t length = strlen(name);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || !at[length]))
            return true;
    return false;
}

static bool has_policy(const raw_scenario *raw, const char *name, size_t length) {
    for (unsigned i = 0; i < raw->policies_count; i++) {
        const char *known = raw->policies[i].name ? raw->policies[i].name : "";
        if (strlen(known) == length && strncmp(known, name, length) == 0)
            return true;
    }
    return false;
}

/* Those that are not asked for go to the end of the list, where they are forgotten but freed. */
static lead_status choose(const char *list, raw_scenario *raw, unsigned *kept) {
    *kept = 0;
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (!has_policy(raw, at, strcspn(at, ",")))
            return fail_policy(raw, at, strcspn(at, ","));
    for (unsigned i = 0; i < raw->policies_count; i++) {
        raw_policy policy = raw->policies[i];
        if (!policy.name || !is_listed(policy.name, list))
            continue;
        memmove(&raw->policies[*kept + 1], &raw->policies[*kept], (i - *kept) * sizeof policy);
        raw->policies[(*kept)++] = policy;
    }
    return LEAD_OK;
}

/* One more event; what it points to is the scenario's then. */
static lead_status add_event(const char *text, raw_scenario *raw) {
    raw_event *event;
    LEAD_TRY(lead_yaml_read_flow("the event", text, &raw_event_schema, &event));
    raw_event *all = lead_realloc(raw->events, (raw->events_count + 1) * sizeof *all);
    if (!all) {
        lead_yaml_free(&raw_event_schema, event);
        return lead_fail(LEAD_MEMORY, "no memory for %u events", raw->events_count + 1);
    }
    raw->events = all;
    all[raw->events_count++] = *event;
    free(event);
    return LEAD_OK;
}

/* Those that the file has are freed with the rest. */
static void drop_events(raw_scenario *raw) {
    for (unsigned i = 0; i < raw->events_count; i++) {
        char **texts = &raw->events[i].kind;
        for (int k = 0; k < lead_event_section.count; k++)
            free(texts[k]);
    }
    free(raw->events);
    raw->events = NULL;
    raw->events_count = 0;
}

static lead_status change_events(const lead_overrides *overrides, raw_scenario *raw) {
    if (overrides->quiet)
        drop_events(raw);
    for (int i = 0; i < overrides->event_count; i++) {
        lead_status status = add_event(overrides->events[i], raw);
        if (status != LEAD_OK)
            return lead_fail_within(status, "--event");
    }
    return LEAD_OK;
}

lead_status lead_overrides_apply(const lead_overrides *overrides, raw_scenario *raw) {
    for (int i = 0; i < overrides->set_count; i++) {
        lead_status status = set(raw, overrides->sets[i]);
        if (status != LEAD_OK)
            return lead_fail_within(status, "--set");
    }
    LEAD_TRY(change_events(overrides, raw));
    if (!overrides->policies)
        return LEAD_OK;
    unsigned kept;
    lead_status status = choose(overrides->policies, raw, &kept);
    if (status != LEAD_OK)
        return lead_fail_within(status, "--policy");
    raw->policies_chosen = kept;
    return LEAD_OK;
}
