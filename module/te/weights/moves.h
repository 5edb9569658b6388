/* weights_moves: the neighbourhood of the weight search: one link's next weight. */
#ifndef LEAD_TE_WEIGHTS_MOVES_H
#define LEAD_TE_WEIGHTS_MOVES_H

#include "base/numbers/random.h"
#include "te/weights/spf.h"

typedef struct lead_te_move {
    int link, weight;
} lead_te_move;

/* Draws a change that keeps to 1..max_weight; false when the draw came to none. utilisation[m] says
 * where the network is loaded. O(n + degree). */
bool lead_te_move_draw(const lead_te_spf *spf, const double *utilisation, int max_weight,
                       gsl_rng *random, lead_te_move *move);

#endif
