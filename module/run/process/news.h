/* news: what a policy's process tells the one that started it, over a pipe. */
#ifndef LEAD_RUN_PROCESS_NEWS_H
#define LEAD_RUN_PROCESS_NEWS_H

#include <lead/run.h>

enum { LEAD_SHARED_FD = 3, LEAD_NEWS_FD = 4 }; /* of a policy's process */
enum { LEAD_NEWS_FAILED = 1000 };              /* what follows is why, to the end of the pipe */

typedef struct lead_news {
    int32_t what; /* a lead_run_event, or LEAD_NEWS_FAILED */
    int32_t epoch;
} lead_news;

#endif
