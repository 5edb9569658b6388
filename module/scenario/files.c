/* files: see files.h. */
#include "scenario/files.h"

lead_status lead_scenario_each_file(const lead_scenario *scenario,
                                    lead_status (*take)(const char *what, const char *path,
                                                        void *data),
                                    void *data) {
    LEAD_TRY(take("topology", scenario->topology_file, data));
    LEAD_TRY(take("tm", scenario->tm_file, data));
    LEAD_TRY(take("suspect", scenario->suspect_file, data));
    for (int i = 0; i < scenario->policy_count; i++) {
        const lead_predictor_options *options = &scenario->policies[i].predictor_options;
        LEAD_TRY(take("fit", options->fit_file, data));
        LEAD_TRY(take("checkpoint", options->checkpoint, data));
        LEAD_TRY(take("tunnels", scenario->policies[i].te_options.tunnels_file, data));
    }
    return LEAD_OK;
}
