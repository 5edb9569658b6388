/* Words that nobody knows and what they are near. */
#include "support.h"

static const char *near(const char *word, const char *list, char *out) {
    lead_nearest nearest = {.word = word};
    lead_nearest_offer_list(&nearest, list);
    strcpy(out, lead_nearest_hint(&nearest));
    return out;
}

static void few_letters_are_near(void **state) {
    (void)state;
    char hint[200];
    const struct {
        const char *word, *list, *hint;
    } cases[] = {
        {"rnu", "run, te", ": did you mean run?"},  /* a swap is one */
        {"rn", "run, te", ": did you mean run?"},   /* left out */
        {"runs", "run, te", ": did you mean run?"}, /* put in */
        {"rum", "run, te", ": did you mean run?"},  /* exchanged */
        {"te", "run, te", ": did you mean te?"},    /* itself */
        {"xyz", "run, te", ""},                     /* nothing is near */
        {"ab", "cd, ef", ""},                       /* not all letters of a short word */
        {"r", "run, te", ""},                       /* nor is one letter a beginning */
        {"t", "te", ""},
        {"", "run, te", ""},                         /* nothing was said */
        {"MCF", "ecmp, mcf", ": did you mean mcf?"}, /* case */
        {"moved-cost", "moved_cost", ": did you mean moved_cost?"},
        {"sized", "sized_bytes, sizes", ": did you mean sizes?"}, /* fewer letters go first */
        {"size_b", "size_bytes, seed", ": did you mean size_bytes?"},
        {"thrgughpuxt", "throughput", ": did you mean throughput?"},
        {"abcdefghijkl", "abcdwxyzijkl", ""}, /* four letters are too many */
        {"abcdefghijkl", "abcdwxyhijkl", ": did you mean abcdwxyhijkl?"},
        {"lasst", "last, lasso", ": did you mean last?"}, /* the first of equals */
        {"lasos", "last, lasso", ": did you mean lasso?"},
        {"run", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(near(cases[i].word, cases[i].list, hint), cases[i].hint);
}

static void long_words_are_left_alone(void **state) {
    (void)state;
    char hint[200], word[400], known[400];
    memset(word, 'a', sizeof word);
    word[sizeof word - 1] = '\0';
    assert_string_equal(near(word, "aaaa", hint), "");
    memcpy(known, word, sizeof known);
    known[LEAD_NEAREST_LENGTH + 1] = '\0';
    assert_string_equal(near("aaaa", known, hint), "");
    assert_string_equal(near(known, known, hint), "");
    word[LEAD_NEAREST_LENGTH] = '\0';
    known[LEAD_NEAREST_LENGTH] = '\0';
    known[5] = 'b';
    assert_memory_equal(near(word, known, hint) + strlen(": did you mean "), known,
                        LEAD_NEAREST_LENGTH);
}

static void failures_name_all_and_the_nearest(void **state) {
    (void)state;
    assert_fails(lead_fail_unknown("mfc", "ecmp, mcf"), LEAD_INVALID,
                 "\"mfc\" is none of ecmp, mcf: did you mean mcf?");
    assert_fails(lead_fail_unknown("nonsense", "ecmp, mcf"), LEAD_INVALID,
                 "\"nonsense\" is none of ecmp, mcf");
    assert_null(strstr(lead_last_message(), "mean"));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(few_letters_are_near),
                                       cmocka_unit_test(long_words_are_left_alone),
                                       cmocka_unit_test(failures_name_all_and_the_nearest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
