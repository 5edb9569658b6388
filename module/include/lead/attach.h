/* attach: the controller inside somebody's own ns-3 program. After the program has made its nodes,
 * links, addresses and applications, and before Simulator::Run():
 *
 *     lead_attachment *attachment;
 *     if (lead_attach("controller.yaml", "out/attached", &attachment) != LEAD_OK)
 *         NS_FATAL_ERROR(lead_last_message());
 *     Simulator::Run();
 *     lead_detach(attachment);
 *
 * Every node with IPv4 and a point-to-point link is a node of the traffic matrix.
 *
 * Threads: all of it in the thread that runs the simulation. */
#ifndef LEAD_ATTACH_H
#define LEAD_ATTACH_H

#include <lead/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A controller at work inside the simulation. */
typedef struct lead_attachment lead_attachment;

/* Reads `path` (docs/attach.md: name, time, measure, policies, seed; the first policy decides),
 * adopts the simulation's network, puts the policy's first routing in force, and from now on makes
 * a lap every `time.simulated` seconds of simulated time, which stand for `time.epoch` seconds in
 * the forecasts. Records go to `folder` as those of `lead run` do (NULL: none). LEAD_UNAVAILABLE
 * without ns-3 in this build; LEAD_INVALID where there is no network to adopt. */
LEAD_API lead_status lead_attach(const char *path, const char *folder, lead_attachment **out);

/* Ends the laps, puts the program's own routing back in force and frees; tells the first failure
 * that happened inside the simulation (which it stopped). Before or after Simulator::Destroy().
 * NULL is allowed. */
LEAD_API lead_status lead_detach(lead_attachment *attachment);

#ifdef __cplusplus
}
#endif
#endif
