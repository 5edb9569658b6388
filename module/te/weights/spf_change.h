/* spf: changes of single weights. */
#ifndef LEAD_TE_WEIGHTS_SPF_CHANGE_H
#define LEAD_TE_WEIGHTS_SPF_CHANGE_H

#include "te/weights/spf_state.h"

/* Changes a link's weight (LEAD_TE_SPF_DOWN: takes it out). At most one link and its opposite may
 * be down at a time. */
void lead_te_spf_change(lead_te_spf *spf, int link, int weight);
/* Takes the changes since the last keep or undo back. O(what they touched). */
void lead_te_spf_undo(lead_te_spf *spf);

#endif
