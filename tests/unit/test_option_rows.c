/* The tables of options, row by row: what they name exists, what they print reads back, what is out
 * of a range is refused. */
#include "options/engine_options.h"
#include "options/event_options.h"
#include "options/predict_options.h"
#include "options/scenario_options.h"
#include "options/te_options.h"
#include "options/traffic_options.h"
#include "support.h"

/* Whether a list holds a name. */
static bool is_among(const char *name, size_t length, const char *list) {
    for (const char *at = list; *at; at += strspn(at, ", ")) {
        size_t word = strcspn(at, ",");
        if (word == length && strncmp(at, name, length) == 0)
            return true;
        at += word;
    }
    return false;
}

static void those_that_heed_exist(void **state) {
    (void)state;
    static const struct {
        const lead_option_section *section;
        const char *(*names)(void);
    } all[] = {{&lead_te_section, lead_te_names}, {&lead_predict_section, lead_predictor_names}};
    for (size_t s = 0; s < sizeof all / sizeof *all; s++)
        for (int i = 0; i < all[s].section->count; i++)
            for (const char *by = all[s].section->rows[i].heeded_by; *by; by += strspn(by, ", ")) {
                size_t length = strcspn(by, ",");
                if (!is_among(by, length, all[s].names()))
                    fail_msg("%s is heeded by \"%.*s\", which is none of %s",
                             all[s].section->rows[i].name, (int)length, by, all[s].names());
                by += length;
            }
}

static void words_are_those_of_the_tables(void **state) {
    (void)state;
    const struct {
        const lead_option_section *section;
        const char *key, *names;
    } all[] = {{&lead_choice_section, "algorithm", lead_te_names()},
               {&lead_model_section, "model", lead_predictor_names()},
               {&lead_measure_section, "from", lead_estimator_names()}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_string_equal(
            all[i].section->rows[lead_option_find(all[i].section, all[i].key)].words, all[i].names);
    const lead_option_section *top = &lead_scenario_section;
    const char *engines = top->rows[lead_option_find(top, "engine")].words;
    for (const char *at = lead_engine_names(); *at; at += strspn(at, ", ")) {
        assert_true(is_among(at, strcspn(at, ","), engines)); /* a build may lack one */
        at += strcspn(at, ",");
    }
}

static void keys_of_a_part_differ(void **state) {
    (void)state;
    for (int a = 0; lead_option_sections[a]; a++)
        for (int b = a; lead_option_sections[b]; b++)
            for (int i = 0;
                 strcmp(lead_option_sections[a]->key, lead_option_sections[b]->key) == 0 &&
                 i < lead_option_sections[a]->count;
                 i++) {
                int found = lead_option_find(lead_option_sections[b],
                                             lead_option_sections[a]->rows[i].name);
                assert_int_equal(found, a == b ? i : -1);
            }
}

static bool is_ranged(const lead_option *row) {
    return row->kind != LEAD_OPTION_WORD && row->kind != LEAD_OPTION_MOMENT &&
           row->kind != LEAD_OPTION_TEXT && row->kind != LEAD_OPTION_FILE &&
           row->kind != LEAD_OPTION_OWN && row->kind != LEAD_OPTION_UNIT;
}

/* least and most are taken and read back; what lies beyond is not. */
static void ranges_hold(void **state) {
    (void)state;
    _Alignas(16) unsigned char values[2048], again[2048];
    char text[64], back[64];
    for (int s = 0; lead_option_sections[s]; s++)
        for (int i = 0; i < lead_option_sections[s]->count; i++) {
            const lead_option *row = &lead_option_sections[s]->rows[i];
            const double ends[] = {row->least, row->most},
                         beyond[] = {row->least - 1, 2 * row->most};
            if (!is_ranged(row))
                continue;
            for (int k = 0; k < 2; k++) {
                memset(values, 0, sizeof values);
                memset(again, 0, sizeof again);
                snprintf(text, sizeof text, "%.17g", ends[k]);
                assert_ok(lead_option_set(row, values, text));
                assert_true(lead_option_get(row, values, back, sizeof back));
                assert_ok(lead_option_set(row, again, back));
                assert_memory_equal(values, again, sizeof values);
                snprintf(text, sizeof text, "%.17g", beyond[k]);
                memset(again, 0, sizeof again);
                if (lead_option_set(row, again, text) == LEAD_OK)
                    fail_msg("%s: %s is taken", row->name, text);
            }
        }
}

static void words_read_back(void **state) {
    (void)state;
    _Alignas(16) unsigned char values[2048];
    char word[40], back[64];
    for (int s = 0; lead_option_sections[s]; s++)
        for (int i = 0; i < lead_option_sections[s]->count; i++) {
            const lead_option *row = &lead_option_sections[s]->rows[i];
            for (const char *at = row->words; row->kind == LEAD_OPTION_WORD && *at;
                 at += strspn(at, ", ")) {
                memset(values, 0, sizeof values);
                snprintf(word, sizeof word, "%.*s", (int)strcspn(at, ","), at);
                assert_ok(lead_option_set(row, values, word));
                assert_true(lead_option_get(row, values, back, sizeof back));
                assert_string_equal(word, back);
                at += strcspn(at, ",");
            }
            if (row->kind == LEAD_OPTION_WORD)
                assert_fails(lead_option_set(row, values, "nonsense"), LEAD_INVALID, "is none of");
        }
}

/* The largest number, or the last word. */
static void set_most(const lead_option *row, void *values) {
    char text[64];
    const char *last = strrchr(row->words, ' ');
    if (row->kind == LEAD_OPTION_WORD)
        snprintf(text, sizeof text, "%s", last ? last + 1 : row->words);
    else
        snprintf(text, sizeof text, "%.17g", row->most);
    assert_ok(lead_option_set(row, values, text));
}

/* Every member but those that only say how makes two sets of options different. */
static void members_tell_options_apart(void **state) {
    (void)state;
    lead_predictor_options a, b;
    for (int i = 0; i < lead_predict_section.count; i++) {
        const lead_option *row = &lead_predict_section.rows[i];
        memset(&a, 0, sizeof a);
        lead_options_reset(&lead_predict_section, &a);
        b = a;
        assert_true(lead_options_equal(&lead_predict_section, &a, &b));
        if (row->kind == LEAD_OPTION_TEXT || row->kind == LEAD_OPTION_FILE)
            *(const char **)((char *)&b + row->at) = "x";
        else if (row->kind != LEAD_OPTION_OWN)
            set_most(row, &b);
        assert_int_equal(lead_options_equal(&lead_predict_section, &a, &b),
                         row->only_how || row->kind == LEAD_OPTION_OWN);
    }
}

/* What is no decimal number is none anywhere. */
static void numbers_are_decimal(void **state) {
    (void)state;
    static const char *const texts[] = {"0x10", "1e", "nan", "inf", "", " ", "1,5", "1_000", "--1"};
    _Alignas(16) unsigned char values[2048];
    const lead_option *row = &lead_te_section.rows[lead_option_find(&lead_te_section, "gap")];
    const lead_option *seed =
        &lead_scenario_section.rows[lead_option_find(&lead_scenario_section, "seed")];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_not_equal(lead_option_set(row, values, texts[i]), LEAD_OK);
        assert_int_not_equal(lead_option_set(seed, values, texts[i]), LEAD_OK);
    }
}

/* An event's draws are of its exact text: other digits would be another blackout by the same seed.
 */
static void exact_texts_have_all_digits(void **state) {
    (void)state;
    const lead_option *share =
        &lead_event_section.rows[lead_option_find(&lead_event_section, "share")];
    lead_event event = {0};
    char text[40];
    assert_ok(lead_option_set(share, &event, "0.2"));
    assert_true(lead_option_get(share, &event, text, sizeof text));
    assert_string_equal(text, "0.2");
    assert_true(lead_option_get_exact(share, &event, text, sizeof text));
    assert_string_equal(text, "0.20000000000000001");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_that_heed_exist), cmocka_unit_test(words_are_those_of_the_tables),
        cmocka_unit_test(keys_of_a_part_differ), cmocka_unit_test(ranges_hold),
        cmocka_unit_test(words_read_back),       cmocka_unit_test(members_tell_options_apart),
        cmocka_unit_test(numbers_are_decimal),   cmocka_unit_test(exact_texts_have_all_digits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
