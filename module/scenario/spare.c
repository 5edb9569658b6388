#include "scenario/spare.h"
#include "options/scenario_options.h"

void lead_scenario_spare(lead_scenario *scenario) {
    const lead_option *level =
        &lead_detect_section.rows[lead_option_find(&lead_detect_section, "level")];
    if (scenario->record == LEAD_RECORD_TRAFFIC)
        scenario->record = LEAD_RECORD_TABLES;
    if (!lead_option_is_usual(level, &scenario->detect))
        return;
    scenario->detect.level = 0;
    for (int i = 0; i < scenario->policy_count; i++)
        scenario->policies[i].detect.level = 0;
}
