/* torch_runtime: loads the TorchScript plug-in (glue/torch) when the first model asks for it. */
#ifndef LEAD_PREDICT_TORCH_TORCH_RUNTIME_H
#define LEAD_PREDICT_TORCH_TORCH_RUNTIME_H

#include "torch/torchc.h"
#include <lead/predict.h>

/* The plug-in's functions, loaded once per process: from beside liblead, else from the loader's
 * search path. LEAD_UNAVAILABLE when the build has none or it cannot be loaded. */
lead_status lead_torch_runtime(const torchc_api **out);

/* module_load, after a look at what the file would have torch do (predict/torch/archive.h). */
lead_status lead_torch_load(const torchc_api *torch, const char *path, const char *device,
                            lead_precision precision, torchc_module **out);

#endif
