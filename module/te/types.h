/* The rows of the TE table, one algorithm a file. */
#ifndef LEAD_TE_TYPES_H
#define LEAD_TE_TYPES_H

#include <lead/te.h>

extern const lead_te_type lead_te_ecmp;
extern const lead_te_type lead_te_mcf;
extern const lead_te_type lead_te_weights;
extern const lead_te_type lead_te_paths;
extern const lead_te_type lead_te_robust;
extern const lead_te_type lead_te_sr;
extern const lead_te_type lead_te_oblivious;
extern const lead_te_type lead_te_smore;

/* LEAD_INVALID naming an option that is out of its range. */
lead_status lead_te_check(const lead_te_type *type, const lead_te_options *options);

#endif
