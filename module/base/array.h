/* Arrays that grow. */
#ifndef LEAD_BASE_ARRAY_H
#define LEAD_BASE_ARRAY_H

#include <lead/base.h>

/* Room for `more` items behind the `count` that are there: `array` points to the pointer to items
 * of `size` bytes each, *room is how many it holds (0 with NULL). Grows to twice the room at least;
 * what is new is not zeroed. LEAD_MEMORY, with all left as it is, when there is none or the items
 * are more than an int counts. Amortised O(1) an item. Free with free(). */
lead_status lead_grow(void *array, size_t size, int count, int more, int *room);

#endif
