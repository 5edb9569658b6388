/* api: what the library shows. Everything else in it is hidden from the linker, so that its own
 * names, and those of the C++ it is made of, meet nobody else's.
 *
 * Threads: nothing here runs. */
#ifndef LEAD_API_H
#define LEAD_API_H

/* Stands before every function that these headers declare, and before nothing else. */
#if defined(__GNUC__)
#define LEAD_API __attribute__((visibility("default")))
#else
#define LEAD_API
#endif

#endif
