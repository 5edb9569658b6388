// autocast: libtorch's own half precision. While a Halved lives, operations of this thread on its
// kind of device run as libtorch's autocast has it: matrix products and convolutions in float16 on
// CUDA, in bfloat16 on the CPU (the one that its CPU autocast has), what adds up many numbers in
// single precision. What the thread had set comes back with its end.
#ifndef TORCHC_AUTOCAST_H
#define TORCHC_AUTOCAST_H

#include <c10/core/DeviceType.h>
#include <c10/core/ScalarType.h>

namespace torchc {

class Halved {
  public:
    /* Not `wanted`: nothing is changed. */
    Halved(bool wanted, c10::DeviceType device);
    ~Halved();
    Halved(const Halved &) = delete;
    Halved &operator=(const Halved &) = delete;

  private:
    const bool wanted_;
    const c10::DeviceType device_;
    const bool enabled_, cached_; // as the thread had them
    const c10::ScalarType type_;
};

} // namespace torchc
#endif
