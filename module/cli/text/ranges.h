/* Lists of whole numbers for people and for Slurm: "3, 5-9". */
#ifndef LEAD_CLI_TEXT_RANGES_H
#define LEAD_CLI_TEXT_RANGES_H

#include <stddef.h>

/* Writes values[0..count), which ascend, each plus `plus`, with `between` between the ranges; only
 * whole ranges, as many as have room. How many values were written: at least those of the first
 * range where `size` is 64 or more. O(count). */
int lead_cli_ranges(const int *values, int count, int plus, const char *between, char *text,
                    size_t size);

#endif
