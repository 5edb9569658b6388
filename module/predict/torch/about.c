/* Which libtorch there is, and what it runs on. */
#include "base/expects.h"
#include "predict/torch/torch_runtime.h"
#include <lead/predict.h>

lead_status lead_torch_find(lead_torch *out) {
    LEAD_EXPECTS(out);
    const torchc_api *torch;
    char device[TORCHC_DEVICE];
    *out = (lead_torch){.version = ""};
    LEAD_TRY(lead_torch_runtime(&torch));
    LEAD_TRY(torch->find_device(NULL, device));
    snprintf(out->version, sizeof out->version, "%s", torch->library_version());
    snprintf(out->device, sizeof out->device, "%s", device);
    return LEAD_OK;
}
