/* probability_flow: see probability_flow.h. */
#include "predict/lead/sampling/probability_flow.h"

#include <math.h>

enum { CONDITIONS_MAX = 6 };

double lead_flow_angle(const lead_schedule *schedule, int step) {
    const double quarter = acos(0.0), offset = schedule->offset;
    const double time = (double)(step + 1) / schedule->training_steps;
    const double now = cos((time + offset) / (1 + offset) * quarter),
                 start = cos(offset / (1 + offset) * quarter);
    return acos(fmin(now / start, 1));
}

int lead_flow_timestep(const lead_schedule *schedule, int count, int index) {
    const int64_t left = count - index;
    return (int)((2 * left * schedule->training_steps + count) / (2 * (int64_t)count)) - 1;
}

lead_flow_step lead_flow_coefficients(const lead_schedule *schedule, double turn) {
    if (schedule->ddim)
        return (lead_flow_step){cos(turn), -sin(turn)};
    return (lead_flow_step){1, -turn};
}

/* The angle that the sampler's `index`-th step starts from; 0 after the last. */
static double angle_at(const lead_schedule *schedule, int count, int index) {
    return index < count ? lead_flow_angle(schedule, lead_flow_timestep(schedule, count, index))
                         : 0;
}

lead_status lead_flow_sample(const torchc_api *torch, torchc_module *denoiser,
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
        const double turn = angle_at(schedule, count, i) - angle_at(schedule, count, i + 1);
        const lead_flow_step coefficients = lead_flow_coefficients(schedule, turn);
        torchc_tensor *v = NULL;
        LEAD_TRY(torch->tensor_fill(step, lead_flow_timestep(schedule, count, i)));
        LEAD_TRY(torch->module_forward(denoiser, inputs, 2 + condition_count, &v, 1));
        lead_status status = torch->tensor_expect(v, "the denoiser's output", shape, dimensions);
        if (status == LEAD_OK)
            status = torch->tensor_blend(x, coefficients.keep, coefficients.move, v);
        torch->tensor_free(v);
        LEAD_TRY(status);
    }
    return LEAD_OK;
}
