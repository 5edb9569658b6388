// guard: turns whatever a call throws into a lead_status with its message.
#ifndef TORCHC_GUARD_H
#define TORCHC_GUARD_H

#include <lead/base.h>

#include <c10/util/Exception.h>

#include <cstring>
#include <exception>
#include <new>

namespace torchc {

/* The first line of a message is what a user can use; the rest is torch's own stack. */
inline lead_status fail_with(lead_status status, const char *what) {
    if (std::strstr(what, "out of memory") || std::strstr(what, "can't allocate memory") ||
        std::strstr(what, "not enough memory"))
        status = LEAD_MEMORY;
    return lead_fail(status, "torch: %.900s", what);
}

template <typename Call> lead_status guarded(lead_status otherwise, Call call) noexcept {
    try {
        return call();
    } catch (const c10::Error &error) {
        return fail_with(otherwise, error.what_without_backtrace());
    } catch (const std::bad_alloc &) {
        return lead_fail(LEAD_MEMORY, "torch: out of memory");
    } catch (const std::exception &error) {
        return fail_with(otherwise, error.what());
    } catch (...) {
        return lead_fail(otherwise, "torch: an unknown exception");
    }
}

} // namespace torchc
#endif
