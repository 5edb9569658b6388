/* Labels of predictors in 20 columns: different ones differ. */
#include "cli/text/label.c" /* a part of the program, not of the library */
#include "support.h"

/* What was asked for, up to three, and their labels. */
static const struct {
    const char *asked[3], *labels[3];
} rows[] = {
    {{"last", "last:models/checkpoints/abilene", "ewma"}, {"last", "last:abilene", "ewma"}},
    {{"last:models/abilene/", "last:x/y.pt"}, {"last:abilene/", "last:y.pt"}},
    {{"last:runs/gru/network.pt", "last:runs/mlp/network.pt", "last:runs/other.pt"},
     {"last:gru/network.pt", "last:mlp/network.pt", "last:other.pt"}},
    {{"seasonal:runs/abilene-gru-1.pt", "seasonal:runs/abilene-mlp-1.pt"},
     {"sea:abilene-gru-1.pt", "sea:abilene-mlp-1.pt"}},
    {{"last:gru-predictor-of-abilene.pt", "last:gru-predictor-of-geant.pt"},
     {"l:ctor-of-abilene.pt", "l:dictor-of-geant.pt"}},
    {{"last:gru-predictor-of-abilene.pt", "last:mlp-predictor-of-abilene.pt"},
     {"l#1:or-of-abilene.pt", "l#2:or-of-abilene.pt"}},
    {{"last:x", "last:x"}, {"last:x", "last:x"}},
    {{"last,recalibrate=daily", "lead:abilene-80,level_shifts=heed", "ewma"},
     {"last", "lead:abilene-80", "ewma"}},
    {{"last", "last,recalibrate=daily"}, {"last#1", "last#2"}},
    {{"last:x", "last:/x", "last:x/"}, {"last#1:x", "last:/x", "last:x/"}},
};

static void labels_differ(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int count = 0;
        while (count < 3 && rows[i].asked[count])
            count++;
        for (int k = 0; k < count; k++) {
            char label[LEAD_CLI_LABEL + 1];
            lead_cli_label(rows[i].asked, count, k, label);
            assert_string_equal(label, rows[i].labels[k]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(labels_differ)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
