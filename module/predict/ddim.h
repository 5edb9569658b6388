/* ddim: the deterministic sampler of denoising diffusion implicit models (Song, Meng and Ermon
 * 2021, eq. 12 with eta = 0) over a TorchScript denoiser. The twin of models/lead/diffusion.py. */
#ifndef LEAD_PREDICT_DDIM_H
#define LEAD_PREDICT_DDIM_H

#include "predict/manifest.h"
#include "torch/torchc.h"

/* The share of the signal's power that is left after training step 0..training_steps-1 (cosine
 * schedule, Nichol and Dhariwal 2021, eq. 17), not below the floor. */
double lead_ddim_alpha(const lead_schedule *schedule, int step);

/* The training step that a sampler of `count` steps visits as its `index`-th (0 first): evenly
 * spaced, falling, the first one the noisiest of all. */
int lead_ddim_timestep(const lead_schedule *schedule, int count, int index);

/* The numbers of one step from `alpha` to `after`:
 * z = clamp(clean_x x + clean_output (network's output)), then x := keep x + move z. */
typedef struct lead_ddim_step {
    double clean_x, clean_output, keep, move;
} lead_ddim_step;
lead_ddim_step lead_ddim_coefficients(const lead_schedule *schedule, double alpha, double after);

/* Denoises x in place in `count` steps. The denoiser takes (x, step [1], conditions...) and gives a
 * tensor like x. `step` is a tensor of one number for the sampler's own use. */
lead_status lead_ddim_sample(const torchc_api *torch, torchc_module *denoiser,
                             const lead_schedule *schedule, int count,
                             const torchc_tensor *const *conditions, int condition_count,
                             torchc_tensor *step, torchc_tensor *x);

#endif
