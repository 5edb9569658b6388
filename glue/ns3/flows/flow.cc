// Choice of the routers' hash constants; see flow.h.
#include "flow.h"

#include <cmath>

namespace lead {

namespace {

bool is_prime(unsigned number) {
    for (unsigned divisor = 2; divisor * divisor <= number; divisor++)
        if (number % divisor == 0)
            return false;
    return true;
}

double to_nearest_integer(double x) {
    return std::fabs(x - std::nearbyint(x));
}

// Whether multiples of alpha keep away from integers as a badly approximable number's do: else
// short runs of source ports would lie in few buckets (sqrt(101) = 10.05 needs 20 ports to go round
// once).
bool spreads(double alpha) {
    for (int q = 1; q <= 512; q++)
        if (q * to_nearest_integer(q * alpha) < 0.1)
            return false;
    return true;
}

// Whether no small integer relation ties alpha to a multiplier in use, which would make two
// routers' splits depend on each other. What is asked of a pair gets less with the number of pairs,
// so that the search always ends.
bool independent(double alpha, const std::vector<double> &others) {
    double distance = 0.02 / (1.0 + static_cast<double>(others.size()));
    for (double beta : others)
        for (int a = 1; a <= 4; a++)
            for (int b = -4; b <= 4; b++)
                if (b != 0 && to_nearest_integer(a * alpha + b * beta) < distance)
                    return false;
    return true;
}

} // namespace

std::vector<FlowHash> flow_hashes(uint64_t seed, int count) {
    std::vector<FlowHash> hashes;
    std::vector<double> alphas;
    Random random{seed};
    for (unsigned candidate = 2; static_cast<int>(hashes.size()) < count; candidate++) {
        if (!is_prime(candidate))
            continue;
        long double root = std::sqrt(static_cast<long double>(candidate));
        long double alpha = root - std::floor(root);
        double rounded = static_cast<double>(alpha);
        if (!spreads(rounded) || !independent(rounded, alphas))
            continue;
        alphas.push_back(rounded);
        FlowHash hash;
        hash.salt = random.next();
        hash.multiplier = static_cast<uint64_t>(std::ldexp(alpha, 64)) | 1;
        hashes.push_back(hash);
    }
    return hashes;
}

} // namespace lead
