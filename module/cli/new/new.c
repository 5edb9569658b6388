/* `lead new`: a first scenario, or a first training configuration, for a network and TMs. */
#include "cli/cli.h"
#include "cli/new/draft.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* --- names ------------------------------------------------------------------------------------ */

/* The name of a file without its folder and its endings, as what may name a folder of results. */
static void stem_of(const char *path, char stem[101]) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-";
    const char *slash = strrchr(path, '/');
    const char *from = slash ? slash + 1 : path, *dot = strrchr(from, '.');
    size_t length = 0;
    for (; *from && from != dot && length < 90; from++) {
        bool kept = strchr(plain, *from) != NULL;
        if (kept || (length > 0 && stem[length - 1] != '-')) /* of several others one */
            stem[length++] = kept ? *from : '-';
    }
    while (length > 0 && stem[length - 1] == '-')
        length--;
    stem[length] = '\0';
    if (length == 0)
        strcpy(stem, "network");
}

static lead_status name_draft(lead_cli_draft *draft) {
    const lead_cli_wishes *wishes = &draft->wishes;
    stem_of(wishes->topology, draft->stem);
    const char *what = draft->model ? "model.json" : wishes->tm ? "day.yaml" : "synthetic.yaml";
    int length = wishes->out ? snprintf(draft->out, sizeof draft->out, "%s", wishes->out)
                             : snprintf(draft->out, sizeof draft->out, "%s-%s", draft->stem, what);
    if (length < 1 || (size_t)length >= sizeof draft->out || draft->out[length - 1] == '/')
        return lead_fail(LEAD_INVALID, "--out: \"%.60s\" is no name of a file", draft->out);
    stem_of(draft->out, draft->name);
    return LEAD_OK;
}

/* What is there stays, unless the user says otherwise. */
static lead_status check_out(const lead_cli_draft *draft, bool force) {
    struct stat found;
    if (stat(draft->out, &found) != 0)
        return LEAD_OK;
    if (!S_ISREG(found.st_mode))
        return lead_fail(LEAD_INVALID, "%s is there, and is no file", draft->out);
    return force ? LEAD_OK
                 : lead_fail(LEAD_INVALID,
                             "%s is there already: --force writes it anew, --out FILE another one",
                             draft->out);
}

/* --- what is written -------------------------------------------------------------------------- */

/* A text as an argument in a shell. */
static void print_argument(const char *text) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-";
    bool quoted = !*text || text[strspn(text, plain)];
    for (printf("%s", quoted ? "'" : ""); *text; text++)
        printf(*text == '\'' ? "'\\''" : "%c", *text);
    printf("%s", quoted ? "'" : "");
}

static lead_status print_scenario(const lead_cli_draft *draft) {
    printf("%s: %d nodes, %d links, %d epoch%s of %lld s\n", draft->out,
           lead_topology_node_count(draft->topology), lead_topology_link_count(draft->topology),
           draft->epochs, draft->epochs == 1 ? "" : "s", (long long)draft->step);
    LEAD_TRY(lead_cli_notes_print(draft));
    printf("Next:\n  lead validate ");
    print_argument(draft->out);
    printf("\n  lead run ");
    print_argument(draft->out);
    printf(" --engine fluid\n  lead report out/%s\n", draft->name);
    return LEAD_OK;
}

static lead_status make_scenario(lead_cli_draft *draft) {
    LEAD_TRY(lead_cli_draft_load(draft));
    LEAD_TRY(lead_cli_draft_policies(draft));
    LEAD_TRY(lead_cli_draft_paths(draft));
    LEAD_TRY(lead_cli_draft_pace(draft));
    LEAD_TRY(lead_cli_draft_write(draft));
    return print_scenario(draft);
}

/* The options by which `lead convert` reads the same. */
static void print_convert(const lead_cli_draft *draft) {
    const lead_cli_wishes *wishes = &draft->wishes;
    const struct {
        const char *name, *value;
    } options[] = {{"unit", wishes->unit},
                   {"step", wishes->step},
                   {"capacity", wishes->capacity},
                   {"topology-unit", wishes->topology_unit},
                   {"directions", wishes->directions}};
    printf("Next, in the project's folder, with the traffic in DATA:\n  lead convert ");
    print_argument(wishes->tm);
    printf(" DATA/%s-tm.csv.gz --topology ", draft->stem);
    print_argument(wishes->topology);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].value) {
            printf(" --%s ", options[i].name);
            print_argument(options[i].value);
        }
    printf("\n  /usr/bin/python3 -m models.train ");
    print_argument(draft->out);
    printf(" --data DATA\n  /usr/bin/python3 -m models.export models/runs/%s %s\n", draft->name,
           draft->name);
}

static lead_status make_training(lead_cli_draft *draft) {
    LEAD_TRY(lead_cli_draft_write_training(draft));
    printf("%s: %d nodes, %d TMs %lld s apart\n", draft->out,
           lead_topology_node_count(draft->topology), lead_tm_series_length(draft->series),
           (long long)draft->step);
    LEAD_TRY(lead_cli_notes_print(draft));
    print_convert(draft);
    return LEAD_OK;
}

/* --- the command ------------------------------------------------------------------------------ */

static lead_status check_wishes(const lead_cli_draft *draft) {
    const lead_cli_wishes *wishes = &draft->wishes;
    if (!lead_path_is_topology(wishes->topology))
        return lead_fail(
            LEAD_INVALID,
            "%s: no format of networks has this ending; lead new takes a network, then "
            "its TMs",
            wishes->topology);
    if (wishes->tm && !lead_path_is_tm(wishes->tm))
        return lead_fail(LEAD_INVALID, "%s: no format of TMs has this ending", wishes->tm);
    if (draft->model && !wishes->tm)
        return lead_fail(LEAD_INVALID, "--model needs TMs: lead new --model TOPOLOGY TM");
    if (draft->model && wishes->load)
        return lead_fail(LEAD_INVALID, "--load is for scenarios, not for --model");
    if (!wishes->tm && wishes->unit)
        return lead_fail(LEAD_INVALID, "--unit is of TMs, and there are none");
    return LEAD_OK;
}

static lead_status make(lead_cli_draft *draft, bool force) {
    LEAD_TRY(check_wishes(draft));
    LEAD_TRY(name_draft(draft));
    LEAD_TRY(check_out(draft, force));
    LEAD_TRY(lead_cli_draft_topology(draft));
    LEAD_TRY(lead_cli_draft_traffic(draft));
    return draft->model ? make_training(draft) : make_scenario(draft);
}

lead_status lead_cli_new(int argc, char **argv) {
    lead_cli_draft *draft;
    bool force = false;
    LEAD_TRY(lead_calloc(1, sizeof *draft, &draft));
    lead_cli_wishes *wishes = &draft->wishes;
    const lead_cli_option options[] = {{"out", &wishes->out, NULL, NULL},
                                       {"force", NULL, &force, NULL},
                                       {"model", NULL, &draft->model, NULL},
                                       {"load", &wishes->load, NULL, NULL},
                                       {"capacity", &wishes->capacity, NULL, NULL},
                                       {"unit", &wishes->unit, NULL, NULL},
                                       {"step", &wishes->step, NULL, NULL},
                                       {"topology-unit", &wishes->topology_unit, NULL, NULL},
                                       {"directions", &wishes->directions, NULL, NULL}};
    char **rest;
    int count;
    lead_status status =
        lead_cli_parse(argc, argv, options, sizeof options / sizeof *options, &rest, &count);
    if (status == LEAD_OK && (count < 1 || count > 2))
        status = lead_fail(LEAD_INVALID, "new takes a network and, if you have them, its TMs");
    if (status == LEAD_OK) {
        wishes->topology = rest[0];
        wishes->tm = count > 1 ? rest[1] : NULL;
        status = make(draft, force);
    }
    lead_tm_series_free(draft->series);
    lead_topology_free(draft->topology);
    free(draft->topology_path);
    free(draft->tm_path);
    free(draft->topology_file);
    free(draft->tm_file);
    free(draft->suspect_file);
    free(draft);
    return status;
}
