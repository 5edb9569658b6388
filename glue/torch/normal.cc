// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011) and the transform of Box and Muller (1958), in
// double.
#include "torch/normal.h"

#include <cmath>

namespace torchc {
namespace {

struct Words {
    std::uint32_t word[4];
};

Words philox(std::uint64_t key, std::uint64_t counter) {
    Words c = {
        {static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0, 0}};
    std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t first = std::uint64_t{0xD2511F53} * c.word[0];
        const std::uint64_t second = std::uint64_t{0xCD9E8D57} * c.word[2];
        c = {{static_cast<std::uint32_t>(second >> 32) ^ c.word[1] ^ k0,
              static_cast<std::uint32_t>(second),
              static_cast<std::uint32_t>(first >> 32) ^ c.word[3] ^ k1,
              static_cast<std::uint32_t>(first)}};
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return c;
}

double uniform(std::uint32_t word) {
    return (word + 0.5) / 4294967296.0;
}

/* The four numbers of one block of Philox words. */
void normal_block(std::uint64_t seed, std::uint64_t block, double z[4]) {
    const double turn = 6.283185307179586;
    const Words words = philox(seed, block);
    for (int pair = 0; pair < 2; ++pair) {
        const double radius = std::sqrt(-2 * std::log(uniform(words.word[2 * pair])));
        const double angle = turn * uniform(words.word[2 * pair + 1]);
        z[2 * pair] = radius * std::cos(angle);
        z[2 * pair + 1] = radius * std::sin(angle);
    }
}

} // namespace

void fill_normal(std::uint64_t seed, std::uint64_t first, float *values, std::size_t count) {
    double z[4] = {};
    for (std::uint64_t place = first; place < first + count; ++place) {
        if (place == first || place % 4 == 0)
            normal_block(seed, place / 4, z);
        values[place - first] = static_cast<float>(z[place % 4]);
    }
}

} // namespace torchc
