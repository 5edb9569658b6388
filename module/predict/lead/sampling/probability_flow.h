/* flow: from noise to samples along the probability flow of a diffusion model trained to give the
 * velocity v = d x / d angle, where x = cos(angle) w + sin(angle) noise (Salimans and Ho 2022). The
 * twin of models/lead/diffusion.py.
 *
 * Two steps are known. "euler" is Euler's: x -= turn v. "ddim" is that of Song, Meng and Ermon
 * (2021, eq. 12, eta = 0), which in these terms is x := cos(turn) x - sin(turn) v: it takes w and
 * noise as fixed during the step. LEAD's w are all but white noise, whose velocity is 0: there
 * Euler's steps are exact, while n DDIM steps shrink every sample by cos(pi / 2n)^n, 12 % for
 * n = 10. */
#ifndef LEAD_PREDICT_LEAD_SAMPLING_PROBABILITY_FLOW_H
#define LEAD_PREDICT_LEAD_SAMPLING_PROBABILITY_FLOW_H

#include "predict/lead/checkpoint/manifest.h"
#include "torch/torchc.h"

/* The angle of training step 0..training_steps-1: acos of the square root of the signal's power in
 * the cosine schedule (Nichol and Dhariwal 2021, eq. 17). */
double lead_flow_angle(const lead_schedule *schedule, int step);

/* The training step that a sampler of `count` steps visits as its `index`-th (0 first): evenly
 * spaced, falling, the first one the noisiest of all. */
int lead_flow_timestep(const lead_schedule *schedule, int count, int index);

/* One step: x := keep x + move v. */
typedef struct lead_flow_step {
    double keep, move;
} lead_flow_step;
lead_flow_step lead_flow_coefficients(const lead_schedule *schedule, double turn);

/* Denoises x in place in `count` steps. The denoiser takes (x, step [1], conditions...) and gives
 * v, a tensor like x. `step` is a tensor of one number for the sampler's own use. */
lead_status lead_flow_sample(const torchc_api *torch, torchc_module *denoiser,
                             const lead_schedule *schedule, int count,
                             const torchc_tensor *const *conditions, int condition_count,
                             torchc_tensor *step, torchc_tensor *x);

#endif
