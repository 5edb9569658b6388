/* The options of predictors: members of lead_predictor_options. */
#ifndef LEAD_OPTIONS_PREDICT_OPTIONS_H
#define LEAD_OPTIONS_PREDICT_OPTIONS_H

#include "options/option.h"
#include <lead/predict.h>

#define LEAD_PREDICT_OPTIONS(X)                                                                    \
    X(samples, samples, OWN, 1, 100000, 1, "", "", false,                                          \
      "20 for `lead`, `auto` and `bootstrap`, else 1",                                             \
      "of the forecast; classical models spread each OD pair's by the quantiles of its own "       \
      "residuals. `bootstrap` or `bootstrap N`: whole past residual vectors instead, which keep "  \
      "what OD pairs have in common")                                                              \
    X(checkpoint, checkpoint, FILE, 0, 0, 0, "", "lead, torchscript", false,                       \
      "`lead`: `any`, the one for any network; `torchscript` needs one",                           \
      "`lead`: a folder, or the name of a shipped one (`abilene-80`); `torchscript`: a file. "     \
      "Looked for beside the scenario, in `$LEAD_MODELS`, among the shipped ones; with a `/` in "  \
      "it from the scenario's folder")                                                             \
    X(steps, diffusion_steps, WHOLE, 1, 1000, 0, "", "lead", false,                                \
      "the checkpoint's; with a `budget` 50", "diffusion steps; with a `budget`, at most so many") \
    X(budget, budget, TIME, 1e-6, 1e6, 0, "", "lead", false, "none",                               \
      "wall-clock time of a forecast (`60 ms`), see below")                                        \
    X(fit, fit_file, FILE, 0, 0, 0, "",                                                            \
      "last, mean, ewma, seasonal, nlinear, nlinear-day, noisy-oracle", false, "the history",      \
      "a TM file to fit on (`nlinear`, `nlinear-day`, `ewma`, and the spread of samples), in the " \
      "unit of `tm`; not the epochs to come, please")                                              \
    X(window, window, WHOLE, 1, 100000, 0, "", "mean", false, "3", "how many of the last TMs")     \
    X(season, season, TIME, 1, 604800, 0, "", "seasonal", false, "1 d",                            \
      "after which traffic is taken to come again: a multiple of the epoch, a week at most")       \
    X(alpha, alpha, REAL, 1e-6, 1, 0, "", "ewma", false, "fitted on the history",                  \
      "smoothing factor")                                                                          \
    X(level_shifts, level_shifts, WORD, 0, 0, 0, "default, heed, ignore",                          \
      "last, mean, ewma, seasonal, nlinear, nlinear-day, lead, torchscript", false,                \
      "`lead`: `heed`; else `ignore`",                                                             \
      "`heed`: where the whole network's traffic or a node's jumps, the past is taken at the "     \
      "level from before, the forecast at the present one, which may end "                         \
      "([methods.md](methods.md)); `ignore`: TMs as they were")                                    \
    X(recalibrate, recalibrate, WORD, 0, 0, 0, "default, daily, never",                            \
      "last, mean, ewma, seasonal, nlinear, nlinear-day, lead, torchscript", false,                \
      "`lead` with a checkpoint of its network, no `budget` (its own or the policy's) and no "     \
      "`blend`: `daily`; else `never`",                                                            \
      "`daily`: after each midnight (UTC) it forecasts from every hour of the last day again, "    \
      "and its samples are moved and stretched by how that of three days came true "               \
      "([methods.md](methods.md))")                                                                \
    X(blend, blend, WORD, 0, 0, 0, "default, linear, never",                                       \
      "last, mean, ewma, seasonal, lead, torchscript", false,                                      \
      "`lead` with a checkpoint for any network: `linear`; else `never`",                          \
      "`linear`: samples go towards those of `nlinear-day` (`nlinear` in the first days), fitted " \
      "every day on the network's own last week, as far as that has paid in the last days "        \
      "([methods.md](methods.md))")                                                                \
    X(device, device, TEXT, 0, 0, 0, "", "lead, torchscript", true, "`auto`",                      \
      "`auto`, `cpu`, `cuda:N`")                                                                   \
    X(precision, precision, WORD, 0, 0, 0, "single, half", "lead, torchscript", false, "",         \
      "`half`: matrix products in float16 on CUDA, in bfloat16 on the CPU, where it is no "        \
      "faster ([methods.md](methods.md))")                                                         \
    X(threads, threads, WHOLE, 1, 1024, 0, "", "lead, torchscript", true,                          \
      "the cores; `torchscript`: 1", "they do not change the samples of `lead`")

extern const lead_option_section lead_predict_section;

#endif
