// normal: standard normal numbers that depend on (seed, place) alone, so that CPU and GPU start
// from the same noise.
#ifndef TORCHC_NORMAL_H
#define TORCHC_NORMAL_H

#include <cstddef>
#include <cstdint>

namespace torchc {

/* values[0..count-1] := the numbers first, first + 1, ... of the stream `seed`. */
void fill_normal(std::uint64_t seed, std::uint64_t first, float *values, std::size_t count);

} // namespace torchc
#endif
