/* Names of predictors for tables. */
#ifndef LEAD_CLI_TEXT_LABEL_H
#define LEAD_CLI_TEXT_LABEL_H

#include <stdbool.h>

#define LEAD_CLI_LABEL 20 /* columns */

/* The label of predictors[index], "NAME[:CHECKPOINT][,KEY=VALUE...]" each:
 * "lead:models/checkpoints/abilene" is "lead:abilene". Labels of different predictors differ: by as
 * many parts of the path's end as that takes, else by "#K", the K-th predictor that was asked for.
 * O(count length). */
void lead_cli_label(const char *const *predictors, int count, int index,
                    char text[LEAD_CLI_LABEL + 1]);

#endif
