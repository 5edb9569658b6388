/* `lead info`: what this build can do, and where it looks for files. */
#include "cli/cli.h"
#include <dirent.h>
#include <lead/run.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 80, COLUMN = 12, NAME_COLUMN = 18 };

/* A label and words behind it, from a column on, in lines of 80 columns. */
static void print_row(const char *label, int from, const char *words) {
    int column = from;
    printf("%-*s%s", from - 1, label, (int)strlen(label) < from ? " " : "");
    if ((int)strlen(label) >= from)
        printf("\n%*s", from, "");
    for (int length; *(words += strspn(words, " ")); words += length) {
        length = (int)strcspn(words, " ");
        if (column > from && column + 1 + length > WIDTH) {
            printf("\n%*s", from, "");
            column = from;
        }
        printf("%s%.*s", column > from ? " " : "", length, words);
        column += length + (column > from);
    }
    printf("\n");
}

static void print_words(const char *label, const char *words) {
    print_row(label, COLUMN, words);
}

/* --- libraries -------------------------------------------------------------------------------- */

static void print_libraries(void) {
    static const char *const names[] = {"ns-3", "GSL", "Clp"};
    char text[400] = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *version = lead_library_version(names[i]);
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s %s", used > 0 ? ", " : "", names[i],
                 !version   ? "none"
                 : *version ? version
                            : "of a version that it does not tell");
    }
    print_words("libraries", text);
}

static void print_torch(void) {
    lead_torch torch;
    char text[1100];
    if (lead_torch_find(&torch) == LEAD_OK)
        snprintf(text, sizeof text, "libtorch %s on %s%s", torch.version, torch.device,
                 strcmp(torch.device, "cpu") == 0 ? " (no CUDA device)" : "");
    else
        snprintf(text, sizeof text, "none: %s", lead_last_message());
    print_words("models", text);
}

/* --- checkpoints ------------------------------------------------------------------------------ */

/* What it knows: "12 nodes, step 300 s, 20 ahead; abilene 2004-03-01..2004-07-31". */
static void describe(const lead_checkpoint *about, char *text, size_t size) {
    char from[LEAD_TIME_LENGTH + 1], until[LEAD_TIME_LENGTH + 1];
    int used = about->node_count == 0
                   ? snprintf(text, size, "any network, any step, %d ahead", about->horizon)
                   : snprintf(text, size, "%d nodes, step %lld s, %d ahead%s%s", about->node_count,
                              (long long)about->step, about->horizon, *about->data ? "; " : "",
                              about->data);
    if (about->seen_until <= about->seen_from || used < 0 || (size_t)used >= size)
        return;
    lead_time_format(about->seen_from, from);
    lead_time_format(about->seen_until, until);
    snprintf(text + used, size - (size_t)used, " %.10s..%.10s", from, until);
}

static void print_checkpoint(const char *folder, const char *name) {
    char path[PATH_MAX + 300], label[120] = "  ", text[1200], plain[1200];
    lead_checkpoint about;
    snprintf(path, sizeof path, "%.4000s/%.280s", folder, name);
    lead_printable(name, label + 2, sizeof label - 2);
    if (lead_checkpoint_read(path, &about) == LEAD_OK)
        describe(&about, text, sizeof text);
    else
        snprintf(text, sizeof text, "cannot be read: %s", lead_last_message());
    print_row(label, NAME_COLUMN, lead_printable(text, plain, sizeof plain));
}

static bool has_manifest(const char *folder, const char *name) {
    char path[PATH_MAX + 300];
    snprintf(path, sizeof path, "%.4000s/%.280s/manifest.json", folder, name);
    return access(path, F_OK) == 0;
}

/* The checkpoints of a folder, by name. How many there are. */
static int print_folder(const char *folder) {
    struct dirent **entries;
    int found = 0, count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (has_manifest(folder, entries[i]->d_name)) {
            if (found++ == 0)
                print_words("checkpoints", folder);
            print_checkpoint(folder, entries[i]->d_name);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return found;
}

static void print_checkpoints(void) {
    char folders[LEAD_CHECKPOINT_FOLDERS][PATH_MAX];
    int found = 0;
    for (int i = 0; i < LEAD_CHECKPOINT_FOLDERS; i++) {
        bool again = !lead_find_checkpoint_folder(i, folders[i], PATH_MAX);
        if (again)
            folders[i][0] = '\0';
        for (int k = 0; k < i; k++)
            again = again || strcmp(folders[k], folders[i]) == 0;
        found += again ? 0 : print_folder(folders[i]);
    }
    if (found == 0)
        print_words("checkpoints", "none here, in $LEAD_MODELS or where the shipped ones lie");
}

/* --- data ------------------------------------------------------------------------------------- */

static void print_data(void) {
    const char *named = getenv("LEAD_DATA");
    char text[PATH_MAX + 100];
    DIR *folder = named ? opendir(named) : NULL;
    snprintf(text, sizeof text,
             "beside the scenario, --data, $LEAD_DATA (%s%s), data/ beside the scenario",
             named ? named : "not set", named && !folder ? ": no such folder" : "");
    if (folder)
        closedir(folder);
    print_words("data", text);
}

lead_status lead_cli_info(int argc, char **argv) {
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, NULL, 0, &rest, &count));
    if (count > 0)
        return lead_fail(LEAD_INVALID, "info takes no arguments");
    printf("ns3-lead %s\n", lead_build());
    print_libraries();
    print_torch();
    print_words("engines", lead_engine_names());
    print_words("estimators", lead_estimator_names());
    print_words("predictors", lead_predictor_names());
    print_words("algorithms", lead_te_names());
    print_words("topologies", ".yaml .csv .graph .xml .graphml .gml .json");
    print_words("TMs", ".csv .csv.gz .demands .hist .xml folder/");
    print_checkpoints();
    print_data();
    return LEAD_OK;
}
