/* The rows of the structs below the scenario. */
#include "options/engine_options.h"
#include "options/predict_options.h"
#include "options/te_options.h"
#include "options/traffic_options.h"

#define SECTION(name, key, title)                                                                  \
    const lead_option_section lead_##name##_section = {key, title, name##_rows,                    \
                                                       sizeof name##_rows / sizeof *name##_rows}

#define X(...) LEAD_OPTION_ROW(lead_te_options, __VA_ARGS__),
static const lead_option te_rows[] = {LEAD_TE_OPTIONS(X)};
#undef X
SECTION(te, "policies[].te", "further keys of `te:`");

#define X(...) LEAD_OPTION_ROW(lead_predictor_options, __VA_ARGS__),
static const lead_option predict_rows[] = {LEAD_PREDICT_OPTIONS(X)};
#undef X
SECTION(predict, "policies[].predict", "`predict:`");
_Static_assert(sizeof(lead_level_shifts) == sizeof(int) &&
                   sizeof(lead_recalibrate) == sizeof(int) && sizeof(lead_blend) == sizeof(int) &&
                   sizeof(lead_precision) == sizeof(int),
               "options of kind WORD are written as ints");

#define X(...) LEAD_OPTION_ROW(lead_engine_options, __VA_ARGS__),
static const lead_option packets_rows[] = {LEAD_PACKETS_OPTIONS(X)};
static const lead_option time_rows[] = {LEAD_TIME_OPTIONS(X)};
static const lead_option queue_rows[] = {LEAD_QUEUE_OPTIONS(X)};
static const lead_option convergence_rows[] = {LEAD_CONVERGENCE_OPTIONS(X)};
static const lead_option outputs_rows[] = {LEAD_OUTPUTS_OPTIONS(X)};
#undef X
SECTION(packets, "traffic.packets", "`packets:`");
SECTION(time, "time", "`time:`");
SECTION(queue, "queue", "`queue:`");
SECTION(convergence, "", "`convergence`");
SECTION(outputs, "outputs", "`outputs:`");

#define X(...) LEAD_OPTION_ROW(lead_synthetic, __VA_ARGS__),
static const lead_option synthetic_rows[] = {LEAD_SYNTHETIC_OPTIONS(X)};
#undef X
SECTION(synthetic, "traffic.synthetic", "`synthetic:`");
