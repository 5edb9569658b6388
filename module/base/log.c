/* Log lines: the library hands them to whoever asked. Where nobody did, warnings are printed, since
 * they say what else nobody would hear of. */
#include <lead/base.h>
#include <stdarg.h>

static lead_log_sink log_sink;
static void *log_data;
static bool log_pauses;

void lead_log_set_sink(lead_log_sink sink, void *data) {
    log_sink = sink;
    log_data = data;
}

void lead_log_pause(bool pause) {
    log_pauses = pause;
}

void lead_log(lead_log_level level, const char *format, ...) {
    if (log_pauses || (!log_sink && level != LEAD_LOG_WARNING))
        return;
    char line[1024], shown[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    lead_printable(line, shown, sizeof shown);
    if (log_sink)
        log_sink(level, shown, log_data);
    else
        fprintf(stderr, "lead: warning: %s\n", shown);
}
