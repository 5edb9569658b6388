/* The wall clock for durations, and calendar times in ISO-8601. */
#include "base/expects.h"
#include <lead/base.h>
#include <string.h>
#include <time.h>

double lead_clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Days since 1970-01-01 of a proleptic Gregorian date and back (Howard Hinnant, "chrono-compatible
 * low-level date algorithms", 2013: eras of 400 years that start on 1 March). */
static int64_t days_from_date(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, int64_t *year, int *month, int *day) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_index = (int)((5 * day_of_year + 2) / 153);
    *day = (int)(day_of_year - (153 * month_index + 2) / 5) + 1;
    *month = month_index < 10 ? month_index + 3 : month_index - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

static bool digits(const char *text, int count, int *value) {
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

static int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Of the years 1 and 9999. */
#define FIRST_SECOND (-62135596800)
#define LAST_SECOND 253402300799

typedef struct clock_time {
    int hour, minute, second, zone; /* zone: minutes east of UTC */
} clock_time;

/* "00:05", "00:05:30" or "00:05:30.000" at *text, which is moved behind it. */
static bool read_clock(const char **text, clock_time *out) {
    const char *c = *text;
    if (!digits(c, 2, &out->hour) || c[2] != ':' || !digits(c + 3, 2, &out->minute))
        return false;
    c += 5;
    if (*c == ':') {
        if (!digits(c + 1, 2, &out->second))
            return false;
        c += 3;
        if (*c == '.' && c[1] == '0')
            c += 1 + strspn(c + 1, "0");
    }
    *text = c;
    return true;
}

/* "", "Z", "+02:00", "+0200" or "+02" to the end of the text. */
static bool read_zone(const char *text, clock_time *out) {
    int hours, minutes = 0;
    if (!*text || strcmp(text, "Z") == 0)
        return true;
    if ((*text != '+' && *text != '-') || !digits(text + 1, 2, &hours))
        return false;
    const char *rest = text + 3 + (text[3] == ':');
    bool ends = *rest ? digits(rest, 2, &minutes) && !rest[2] : rest == text + 3;
    out->zone = (*text == '-' ? -1 : 1) * (60 * hours + minutes);
    return ends && hours <= 23 && minutes <= 59;
}

static bool read_clock_and_zone(const char *text, clock_time *out) {
    if (!*text)
        return true;
    if (*text != 'T' && *text != ' ')
        return false;
    text++;
    if (!read_clock(&text, out))
        return false;
    text += *text == ' '; /* "2024-03-01 00:00:00 +0000" */
    return read_zone(text, out);
}

lead_status lead_time_parse(const char *text, int64_t *seconds) {
    LEAD_EXPECTS(text && seconds);
    int year, month, day;
    clock_time at = {0};
    bool shape = digits(text, 4, &year) && text[4] == '-' && digits(text + 5, 2, &month) &&
                 text[7] == '-' && digits(text + 8, 2, &day) && read_clock_and_zone(text + 10, &at);
    if (!shape)
        return lead_fail(LEAD_FORMAT, "\"%.40s\" is not a time like 2004-07-20T00:00:00Z", text);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        at.hour > 23 || at.minute > 59 || at.second > 59)
        return lead_fail(LEAD_FORMAT, "%.40s is not on the calendar", text);
    *seconds = days_from_date(year, month, day) * 86400 + at.hour * 3600 +
               (at.minute - at.zone) * 60 + at.second;
    return *seconds >= FIRST_SECOND && *seconds <= LAST_SECOND
               ? LEAD_OK
               : lead_fail(LEAD_FORMAT, "%.40s is not within the years 1 to 9999", text);
}

void lead_time_format(int64_t seconds, char text[LEAD_TIME_LENGTH + 1]) {
    LEAD_EXPECTS(text);
    int64_t days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    int64_t year;
    int month, day;
    date_from_days(days, &year, &month, &day);
    char buffer[80];
    snprintf(buffer, sizeof buffer, "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)year, month, day,
             (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    memcpy(text, buffer, LEAD_TIME_LENGTH);
    text[LEAD_TIME_LENGTH] = '\0';
}
