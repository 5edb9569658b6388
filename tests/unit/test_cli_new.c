/* What `lead new` writes of texts that others chose: as YAML they read back the same, as comments
 * they end nothing, as paths they lead where they led. */
#include "cli/new/text.c" /* a part of the program, not of the library */
#include "formats/text/yaml.h"
#include "support.h"
#include <sys/stat.h>
#include <unistd.h>

/* --- values ----------------------------------------------------------------------------------- */

typedef struct entry {
    char *key;
} entry;

static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_STRING_PTR("key", CYAML_FLAG_POINTER, entry, key, 0, CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, entry, fields)};

static char *written(const char *before, const char *text) {
    lead_file_writer *writer;
    char *out = NULL;
    assert_ok(lead_text_writer_alloc(&writer));
    lead_file_printf(writer, "%s", before);
    lead_cli_yaml_write(writer, text);
    assert_ok(lead_text_writer_finish(writer, &out));
    lead_file_writer_free(writer);
    return out;
}

static void values_read_back(void **state) {
    static const char *const texts[] = {"net.graphml",
                                        "10 Gbit/s",
                                        "a: b # c",
                                        "it's \"quoted\"",
                                        "- x",
                                        " blanks around ",
                                        "{y}, [z]",
                                        "back\\slash",
                                        "tab\tand\nline",
                                        "K\u00f6ln",
                                        "\u6771\u4eac",
                                        "next\xc2\x85line",
                                        "u\u2028v\u2029",
                                        "\U0001f600",
                                        "*star &anchor",
                                        "../x-1.csv",
                                        "%percent @at `q",
                                        "~",
                                        "null",
                                        "\ufeffmark"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *yaml = written("key: ", texts[i]);
        entry *read = NULL;
        if (lead_yaml_read_flow("test", yaml, &schema, &read) != LEAD_OK)
            fail_msg("%s: %s", yaml, lead_last_message());
        assert_string_equal(read->key, texts[i]);
        lead_yaml_free(&schema, read);
        free(yaml);
    }
    char *plain = written("", "10 Gbit/s"), *quoted = written("", "a: b");
    assert_string_equal(plain, "10 Gbit/s");
    assert_string_equal(quoted, "\"a: b\"");
    free(plain);
    free(quoted);
    assert_ok(lead_cli_yaml_check("K\u00f6ln.csv"));
    assert_int_equal(lead_cli_yaml_check("K\xf6ln.csv"), LEAD_INVALID);
}

/* --- notes ------------------------------------------------------------------------------------ */

static void notes_stay_comments(void **state) {
    lead_cli_draft *draft;
    lead_file_writer *writer;
    char *text = NULL, *line;
    (void)state;
    assert_ok(lead_calloc(1, sizeof *draft, &draft));
    lead_cli_note_add(draft, LEAD_CLI_AT_TIME,
                      "a\nb: c\u2028d\xc2\x85"
                      "e \x1b[31m \xff %s",
                      "word word word word word word word word word word word word word word word "
                      "word word word word word word word word word word word word word word");
    lead_cli_note_add(draft, LEAD_CLI_AT_LOAD, "elsewhere");
    assert_ok(lead_text_writer_alloc(&writer));
    lead_cli_notes_write(draft, LEAD_CLI_AT_TIME, 4, writer);
    assert_ok(lead_text_writer_finish(writer, &text));
    lead_file_writer_free(writer);
    assert_null(strstr(text, "elsewhere"));
    assert_null(strstr(text, "\u2028"));
    assert_null(strstr(text, "\xc2\x85"));
    assert_null(strchr(text, '\x1b'));
    int lines = 0;
    for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        assert_int_equal(strncmp(line, "    # ", 6), 0);
        assert_true(strlen(line) <= 120);
    }
    assert_int_equal(lines, 2);
    for (int i = 0; i < 2 * LEAD_CLI_NOTES; i++) /* more than there is room for */
        lead_cli_note_add(draft, LEAD_CLI_AT_LOAD, "%0*d", 2 * LEAD_CLI_NOTE_LENGTH, 1);
    assert_int_equal(draft->note_count, LEAD_CLI_NOTES);
    free(text);
    free(draft);
}

/* --- paths ------------------------------------------------------------------------------------ */

static void check_relative(const char *path, const char *beside, const char *expected) {
    char *out = NULL;
    assert_ok(lead_cli_relative(path, beside, &out));
    assert_string_equal(out, expected);
    free(out);
}

static void paths_lead_on(void **state) {
    char before[4096], *out = NULL, *whole;
    (void)state;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(scratch_folder(NULL)), 0);
    assert_int_equal(mkdir("a", 0700) | mkdir("a/b", 0700) | mkdir("ab", 0700), 0);
    FILE *file = fopen("a/net.yaml", "w");
    assert_non_null(file);
    fclose(file);
    check_relative("a/net.yaml", "day.yaml", "a/net.yaml");
    check_relative("a/net.yaml", "a/day.yaml", "net.yaml");
    check_relative("a/net.yaml", "a/b/day.yaml", "../net.yaml");
    check_relative("a/net.yaml", "ab/day.yaml", "../a/net.yaml");
    check_relative("a/../a/./net.yaml", "./ab/day.yaml", "../a/net.yaml");
    whole = realpath("a/net.yaml", NULL);
    check_relative("a/net.yaml", "/day.yaml", whole + 1);
    free(whole);
    assert_int_equal(lead_cli_relative("absent", "day.yaml", &out), LEAD_IO);
    assert_int_equal(lead_cli_relative("a/net.yaml", "absent/day.yaml", &out), LEAD_IO);
    assert_int_equal(chdir(before), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_read_back),
                                       cmocka_unit_test(notes_stay_comments),
                                       cmocka_unit_test(paths_lead_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
