/* `precision: half`: samples near those in single precision, and other ones. */
#include "distance.h"
#include "predict/types.h"
#include "test_predict_lead.h"

enum { DRAW = 3, SAMPLES = 20 };

/* Of the samples' mean. bfloat16, which the CPU's autocast has, keeps 8 bits: each number that goes
 * into a matrix product, or comes out of it, loses up to 2^-9 = 0.002 of itself, and kernels
 * without the instructions for it also add up in it. Measured with libtorch 1.13: 0.0005
 * (abilene-80), 0.0008 (synthetic), 0.0011 (tiny), 0.0051 (a bare product); the first two 0.0014
 * and 0.0024 on a processor of AVX2 alone, emulated. Single precision's own rounding is a hundred
 * times below LEAST. */
static const double LEAST = 1e-5, MOST = 1e-2;

/* A checkpoint, and what it forecasts. */
typedef struct model {
    const lead_predictor_type *type;
    char path[1024];
    int nodes, horizon;
    int64_t step;
    const lead_tm_series *history;
} model;

static size_t value_count(const model *self) {
    return (size_t)(SAMPLES * self->horizon * self->nodes * self->nodes);
}

static double *forecast(const model *self, lead_precision precision) {
    const lead_predictor_options options = {.node_count = self->nodes,
                                            .horizon = self->horizon,
                                            .samples = SAMPLES,
                                            .step = self->step,
                                            .seed = 5,
                                            .checkpoint = self->path,
                                            .device = "cpu",
                                            .threads = 1,
                                            .precision = precision};
    double *samples = calloc(value_count(self), sizeof *samples);
    lead_predictor *predictor = NULL;
    assert_ok(lead_predictor_alloc(self->type, &options, &predictor));
    assert_ok(lead_predictor_forecast(predictor, self->history,
                                      lead_tm_series_length(self->history) - 1, DRAW, samples));
    lead_predictor_free(predictor);
    return samples;
}

/* The samples' mean in place, in the first horizon * nodes * nodes values. */
static void average(const model *self, double *samples) {
    const size_t each = value_count(self) / SAMPLES;
    for (size_t i = 0; i < each; i++) {
        for (size_t s = 1; s < SAMPLES; s++)
            samples[i] += samples[s * each + i];
        samples[i] /= SAMPLES;
    }
}

static void check_distance(const model *self, const char *what, double away) {
    if (!(away > LEAST && away < MOST))
        fail_msg("%s: %s are %.3g away, expected %g to %g", self->path, what, away, LEAST, MOST);
}

/* Samples in half precision, and their means, are near those in single precision, and other ones;
 * what runs afterwards in this thread is in single precision again. */
static void check_model(const model *self) {
    const size_t count = value_count(self);
    double *single = forecast(self, LEAD_PRECISION_SINGLE),
           *half = forecast(self, LEAD_PRECISION_HALF),
           *again = forecast(self, LEAD_PRECISION_SINGLE);
    assert_memory_equal(single, again, count * sizeof *single);
    check_distance(self, "samples", distance(half, single, count));
    average(self, single);
    average(self, half);
    check_distance(self, "means", distance(half, single, count / SAMPLES));
    free(single);
    free(half);
    free(again);
}

static void shipped_checkpoints_are_near(void **state) {
    (void)state;
    static const char *const names[] = {"abilene-80", "synthetic"}; /* the latter has a denoiser */
    lead_tm_series *history = abilene_like(1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        model self = {&lead_predictor_lead, "", 12, 20, 300, history};
        snprintf(self.path, sizeof self.path, "%s/models/checkpoints/%s", getenv("LEAD_SOURCE"),
                 names[i]);
        check_model(&self);
    }
    lead_tm_series_free(history);
}

/* Weights drawn at random, so that what each component says counts. */
static void every_component_is_near(void **state) {
    (void)state;
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    model self = {&lead_predictor_lead, "", TINY_NODES, TINY_HORIZON, TINY_STEP, history};
    snprintf(self.path, sizeof self.path, "%s", fixture("tiny"));
    check_model(&self);
    lead_tm_series_free(history);
}

/* A module of the user's: a mean by a matrix product. */
static void anybodys_module_is_near(void **state) {
    (void)state;
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    model self = {&lead_predictor_torchscript, "", TINY_NODES, 1, TINY_STEP, history};
    snprintf(self.path, sizeof self.path, "%s", fixture("weighed.pt"));
    check_model(&self);
    lead_tm_series_free(history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_checkpoints_are_near),
        cmocka_unit_test(every_component_is_near),
        cmocka_unit_test(anybodys_module_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
