/* A precondition that a header states: a debug build ends the process where it is broken. */
#ifndef LEAD_BASE_EXPECTS_H
#define LEAD_BASE_EXPECTS_H

#ifdef LEAD_DEBUG
#include <assert.h>
#define LEAD_EXPECTS(condition) assert(condition)
#else
#define LEAD_EXPECTS(condition) ((void)0)
#endif

#endif
