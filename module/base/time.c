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

static bool on_calendar(int year, int month, int day) {
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

/* "2004-07-20" or "2004/07/20". */
static bool read_date(const char *text, int *year, int *month, int *day) {
    return digits(text, 4, year) && (text[4] == '-' || text[4] == '/') &&
           digits(text + 5, 2, month) && text[7] == text[4] && digits(text + 8, 2, day);
}

/* Seconds since 1970 of 9 to 11 digits (1973 to 5138): no date is written so, but 2004072000. */
static bool read_unix(const char *text, int64_t *seconds) {
    size_t length = strspn(text, "0123456789");
    if (text[length] || length < 9 || length > 11)
        return false;
    *seconds = 0;
    for (; *text; text++)
        *seconds = 10 * *seconds + (*text - '0');
    return true;
}

/* Whether 10 digits are the hour of a day, too. */
static bool is_hour(const char *text) {
    int year, month, day, hour;
    return strlen(text) == 10 && digits(text, 4, &year) && digits(text + 4, 2, &month) &&
           digits(text + 6, 2, &day) && digits(text + 8, 2, &hour) && year >= 1900 &&
           year <= 2099 && on_calendar(year, month, day) && hour <= 23;
}

static bool read_one_or_two(const char **text, int *value) {
    int length = (int)strspn(*text, "0123456789");
    if (length < 1 || length > 2 || !digits(*text, length, value))
        return false;
    *text += length;
    return true;
}

/* "01/03/2024", "1.3.2024" or "01-03-2024", and more behind it: its three numbers. */
static bool read_year_last(const char *text, int *first, int *second, int *year) {
    if (!read_one_or_two(&text, first) || !*text || !strchr("/.-", *text))
        return false;
    const char separator = *text++;
    if (!read_one_or_two(&text, second) || *text++ != separator)
        return false;
    return strspn(text, "0123456789") == 4 && digits(text, 4, year);
}

/* What the texts may mean that end with the year: " or " between two days, "" where it is none. */
static void print_days(const char *text, char days[80]) {
    int a, b, year;
    days[0] = '\0';
    if (!read_year_last(text, &a, &b, &year))
        return;
    if (on_calendar(year, b, a))
        snprintf(days, 80, "%04d-%02d-%02d", year, b, a);
    if (on_calendar(year, a, b) && (a != b || !*days))
        snprintf(days + strlen(days), 80 - strlen(days), "%s%04d-%02d-%02d", *days ? " or " : "",
                 year, a, b);
}

/* What to type for what is no time here and looks like one. */
static lead_status refuse(const char *text) {
    static const struct {
        size_t digits;
        const char *unit;
        int more;
    } units[] = {{13, "milliseconds", 3}, {16, "microseconds", 6}, {19, "nanoseconds", 9}};
    char days[80];
    size_t length = strspn(text, "0123456789");
    for (size_t i = 0; i < sizeof units / sizeof *units && !text[length]; i++)
        if (length == units[i].digits)
            return lead_fail(LEAD_FORMAT, "\"%.40s\" looks like %s: write seconds, %.*s", text,
                             units[i].unit, (int)length - units[i].more, text);
    print_days(text, days);
    if (*days)
        return lead_fail(LEAD_FORMAT, "\"%.40s\" has its year at the end: write %s", text, days);
    return lead_fail(LEAD_FORMAT, "\"%.40s\" is not a time like 2004-07-20T00:00:00Z", text);
}

lead_status lead_time_parse(const char *text, int64_t *seconds) {
    LEAD_EXPECTS(text && seconds);
    int year, month, day;
    clock_time at = {0};
    if (is_hour(text))
        return lead_fail(LEAD_FORMAT,
                         "\"%s\" is an hour or seconds since 1970: write %.4s-%.2s-%.2s %.2s:00, "
                         "or the time of the seconds in this way",
                         text, text, text + 4, text + 6, text + 8);
    if (read_unix(text, seconds))
        return LEAD_OK;
    if (!read_date(text, &year, &month, &day) || !read_clock_and_zone(text + 10, &at))
        return refuse(text);
    if (!on_calendar(year, month, day) || at.hour > 23 || at.minute > 59 || at.second > 59)
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
