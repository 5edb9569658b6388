/* What a checkpoint says of itself, for those who list them. */
#include "base/expects.h"
#include "predict/lead/checkpoint/manifest.h"
#include <lead/predict.h>
#include <stdlib.h>

lead_status lead_checkpoint_read(const char *folder, lead_checkpoint *out) {
    LEAD_EXPECTS(folder && out);
    char *path = NULL, *text = NULL;
    size_t length;
    lead_manifest *manifest = NULL;
    lead_status status = LEAD_OK;
    *out = (lead_checkpoint){.node_count = 0};
    LEAD_TRY_FREE(lead_manifest_path(folder, "manifest.json", &path));
    LEAD_TRY_FREE(lead_file_read(path, LEAD_MANIFEST_LIMIT, &text, &length));
    LEAD_TRY_FREE(lead_manifest_parse(text, length, path, &manifest));
    *out = (lead_checkpoint){.node_count = manifest->node_count,
                             .step = manifest->step,
                             .horizon = manifest->horizon,
                             .seen_from = manifest->seen_from,
                             .seen_until = manifest->seen_until};
    snprintf(out->data, sizeof out->data, "%s", manifest->data);
fail:
    lead_manifest_free(manifest);
    free(text);
    free(path);
    return status;
}
