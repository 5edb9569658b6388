/* The rows of the engine table, one engine a file. */
#ifndef LEAD_ENGINE_TYPES_H
#define LEAD_ENGINE_TYPES_H

#include <lead/engine.h>

extern const lead_engine_type lead_engine_fluid;
#ifdef LEAD_NS3
extern const lead_engine_type lead_engine_ns3;
#endif

#endif
