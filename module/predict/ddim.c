/* ddim: see ddim.h. */
#include "predict/ddim.h"

#include <math.h>

enum { CONDITIONS_MAX = 6 };

double lead_ddim_alpha(const lead_schedule *schedule, int step) {
    const double quarter = acos(0.0), offset = schedule->offset;
    const double time = (double)(step + 1) / schedule->training_steps;
    const double now = cos((time + offset) / (1 + offset) * quarter),
                 start = cos(offset / (1 + offset) * quarter);
    return fmax(now * now / (start * start), schedule->floor);
}

int lead_ddim_timestep(const lead_schedule *schedule, int count, int index) {
    const int64_t left = count - index;
    return (int)((2 * left * schedule->training_steps + count) / (2 * (int64_t)count)) - 1;
}

lead_ddim_step lead_ddim_coefficients(const lead_schedule *schedule, double alpha, double after) {
    const double signal = sqrt(alpha), rest = sqrt(1 - alpha),
                 keep = sqrt((1 - after) / (1 - alpha));
    const double move = sqrt(after) - signal * keep;
    if (schedule->velocity)
        return (lead_ddim_step){signal, -rest, keep, move};
    return (lead_ddim_step){1 / signal, -rest / signal, keep, move};
}

/* Turns the network's output into z and moves x. */
static lead_status apply(const torchc_api *torch, lead_ddim_step step, double limit,
                         torchc_tensor *output, torchc_tensor *x) {
    LEAD_TRY(torch->tensor_blend(output, step.clean_output, step.clean_x, x));
    LEAD_TRY(torch->tensor_clamp(output, -limit, limit));
    return torch->tensor_blend(x, step.keep, step.move, output);
}

lead_status lead_ddim_sample(const torchc_api *torch, torchc_module *denoiser,
                             const lead_schedule *schedule, int count,
                             const torchc_tensor *const *conditions, int condition_count,
                             torchc_tensor *step, torchc_tensor *x) {
    const torchc_tensor *inputs[2 + CONDITIONS_MAX] = {x, step};
    int64_t shape[TORCHC_DIMENSIONS];
    int dimensions = 0;
    if (condition_count < 0 || condition_count > CONDITIONS_MAX)
        return lead_fail(LEAD_INVALID, "%d conditions, at most %d", condition_count,
                         CONDITIONS_MAX);
    if (count < 1 || count > schedule->training_steps)
        return lead_fail(LEAD_INVALID, "%d diffusion steps are not in 1..%d", count,
                         schedule->training_steps);
    for (int i = 0; i < condition_count; i++)
        inputs[2 + i] = conditions[i];
    LEAD_TRY(torch->tensor_shape(x, shape, &dimensions));
    for (int i = 0; i < count; i++) {
        const int now = lead_ddim_timestep(schedule, count, i);
        const double after =
            i + 1 < count ? lead_ddim_alpha(schedule, lead_ddim_timestep(schedule, count, i + 1))
                          : 1;
        torchc_tensor *output = NULL;
        LEAD_TRY(torch->tensor_fill(step, now));
        LEAD_TRY(torch->module_forward(denoiser, inputs, 2 + condition_count, &output, 1));
        lead_status status =
            torch->tensor_expect(output, "the denoiser's output", shape, dimensions);
        if (status == LEAD_OK)
            status = apply(torch,
                           lead_ddim_coefficients(schedule, lead_ddim_alpha(schedule, now), after),
                           schedule->limit, output, x);
        torch->tensor_free(output);
        LEAD_TRY(status);
    }
    return LEAD_OK;
}
