/* Log lines: the library hands them to whoever asked. Where nobody did, warnings are printed, since
 * they say what else nobody would hear of. */
#include <lead/base.h>
#include <stdarg.h>

static lead_log_sink log_sink;
static void *log_data;
static bool log_pauses;
static _Thread_local const char *log_within;

void lead_log_set_sink(lead_log_sink sink, void *data) {
    log_sink = sink;
    log_data = data;
}

void lead_log_pause(bool pause) {
    log_pauses = pause;
}

void lead_log_within(const char *text) {
    log_within = text;
}

void lead_log(lead_log_level level, const char *format, ...) {
    if (log_pauses || (!log_sink && level != LEAD_LOG_WARNING))
        return;
    char line[1024], shown[1024];
    int used = log_within ? snprintf(line, sizeof line / 2, "%s: ", log_within) : 0;
    used = used < (int)sizeof line / 2 ? used : (int)sizeof line / 2 - 1;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + used, sizeof line - (size_t)used, format, arguments);
    va_end(arguments);
    lead_printable(line, shown, sizeof shown);
    if (log_sink)
        log_sink(level, shown, log_data);
    else
        fprintf(stderr, "lead: warning: %s\n", shown);
}
