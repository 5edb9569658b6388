/* The cost of Fortz and Thorup 2000, in one place. */
#ifndef LEAD_NET_CONGESTION_H
#define LEAD_NET_CONGESTION_H

enum { LEAD_PHI_SEGMENTS = 6 };

/* From this utilisation on the cost grows with this slope. */
static const double lead_phi_from[LEAD_PHI_SEGMENTS] = {0, 1.0 / 3, 2.0 / 3, 0.9, 1, 1.1},
                    lead_phi_slope[LEAD_PHI_SEGMENTS] = {1, 3, 10, 70, 500, 5000};

#endif
