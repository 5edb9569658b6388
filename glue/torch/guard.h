// guard: turns whatever a call throws into a lead_status with its message.
#ifndef TORCHC_GUARD_H
#define TORCHC_GUARD_H

#include <lead/base.h>

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>

namespace torchc {

/* What a user can use of a message is its first line; when the interpreter failed, what follows the
 * stack, however long that is. Allocates nothing: memory may have run out. */
inline const char *cause_of(const char *what) {
    static const char mark[] = "\nRuntimeError: ";
    while (const char *found = std::strstr(what, mark))
        what = found + sizeof mark - 1;
    return what + std::strspn(what, "\n");
}

inline lead_status fail_with(lead_status status, const char *what) {
    if (std::strstr(what, "out of memory") || std::strstr(what, "can't allocate memory") ||
        std::strstr(what, "not enough memory"))
        status = LEAD_MEMORY;
    const char *cause = cause_of(what);
    const size_t length = std::min<size_t>(std::strcspn(cause, "\n"), 900);
    return lead_fail(status, "torch: %.*s", static_cast<int>(length), cause);
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
