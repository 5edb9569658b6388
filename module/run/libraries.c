/* The versions of the libraries that this one was built with. */
#include <coin/Clp_C_Interface.h>
#include <gsl/gsl_version.h>
#include <lead/run.h>
#include <string.h>

#ifndef LEAD_NS3
#define LEAD_NS3_VERSION NULL
#elif !defined(LEAD_NS3_VERSION)
#define LEAD_NS3_VERSION "in whose tree it is"
#endif

const char *lead_library_version(const char *library) {
    if (strcmp(library, "ns-3") == 0)
        return LEAD_NS3_VERSION;
    if (strcmp(library, "GSL") == 0)
        return gsl_version;
    return strcmp(library, "Clp") == 0 ? Clp_Version() : NULL;
}
