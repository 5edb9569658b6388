/* Memory, asked for where it may be refused. */
#ifndef LEAD_BASE_MEMORY_H
#define LEAD_BASE_MEMORY_H

#include <lead/base.h>

/* Whether the host lets the library have `size` bytes more (lead_memory_set_hook). */
bool lead_memory_allowed(size_t size);

/* realloc() of `size` > 0 bytes; NULL, with `old` as it was, also when it is refused. */
void *lead_realloc(void *old, size_t size);

#endif
