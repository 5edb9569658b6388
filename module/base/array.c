/* Arrays that grow by doubling. */
#include "base/array.h"
#include "base/expects.h"
#include "base/memory.h"
#include <limits.h>
#include <string.h>

enum { LEAST = 8 };

lead_status lead_grow(void *array, size_t size, int count, int more, int *room) {
    LEAD_EXPECTS(array && size > 0 && count >= 0 && more >= 0 && room && *room >= 0);
    size_t needed = (size_t)count + (size_t)more, wanted = 2 * (size_t)*room;
    void *items;
    if (needed <= (size_t)*room)
        return LEAD_OK;
    wanted = wanted < LEAST ? LEAST : wanted;
    wanted = wanted < needed ? needed : wanted > INT_MAX ? INT_MAX : wanted;
    memcpy(&items, array, sizeof items);
    bool fits = needed <= INT_MAX && wanted <= PTRDIFF_MAX / size;
    void *larger = fits ? lead_realloc(items, wanted * size) : NULL;
    if (!larger)
        return lead_fail(LEAD_MEMORY, "no memory for %zu items of %zu bytes", wanted, size);
    memcpy(array, &larger, sizeof larger);
    *room = (int)wanted;
    return LEAD_OK;
}
