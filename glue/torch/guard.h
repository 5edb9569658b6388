// guard: turns whatever a call throws into a lead_status with its message.
#ifndef TORCHC_GUARD_H
#define TORCHC_GUARD_H

#include "torch/torchc.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>

namespace torchc {

/* Who loaded this plug-in. */
extern const torchc_host *host;

/* Where the cause begins when this line names one ("RuntimeError: ...", "builtins.ValueError:
 * ..."), or null. */
inline const char *cause_in(const char *line) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.";
    const size_t length = std::strspn(line, letters);
    return length > 0 && std::strncmp(line + length, ": ", 2) == 0 ? line + length + 2 : nullptr;
}

/* What a user can use of a message is its first line; when the interpreter failed, what follows the
 * stack, however long that is. Allocates nothing: memory may have run out. */
inline const char *cause_of(const char *what) {
    const char *cause = what;
    for (const char *end = std::strchr(what, '\n'); end; end = std::strchr(end + 1, '\n'))
        if (const char *found = cause_in(end + 1))
            cause = found;
    return cause + std::strspn(cause, "\n");
}

inline lead_status fail_with(lead_status status, const char *what) {
    if (std::strstr(what, "out of memory") || std::strstr(what, "can't allocate memory") ||
        std::strstr(what, "not enough memory"))
        status = LEAD_MEMORY;
    const char *cause = cause_of(what);
    const size_t length = std::min<size_t>(std::strcspn(cause, "\n"), 900);
    return host->fail(status, "torch: %.*s", static_cast<int>(length), cause);
}

template <typename Call> lead_status guarded(lead_status otherwise, Call call) noexcept {
    try {
        return call();
    } catch (const c10::Error &error) {
        return fail_with(otherwise, error.what_without_backtrace());
    } catch (const std::bad_alloc &) {
        return host->fail(LEAD_MEMORY, "torch: out of memory");
    } catch (const std::exception &error) {
        return fail_with(otherwise, error.what());
    } catch (...) {
        return host->fail(otherwise, "torch: an unknown exception");
    }
}

} // namespace torchc
#endif
