/* The wall clock for durations, and calendar times in ISO-8601. */
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

lead_status lead_time_parse(const char *text, int64_t *seconds) {
    int year, month, day, hour, minute, second;
    bool shape = strlen(text) == LEAD_TIME_LENGTH && digits(text, 4, &year) && text[4] == '-' &&
                 digits(text + 5, 2, &month) && text[7] == '-' && digits(text + 8, 2, &day) &&
                 text[10] == 'T' && digits(text + 11, 2, &hour) && text[13] == ':' &&
                 digits(text + 14, 2, &minute) && text[16] == ':' &&
                 digits(text + 17, 2, &second) && text[19] == 'Z';
    if (!shape)
        return lead_fail(LEAD_FORMAT, "\"%.40s\" is not a time like 2004-07-20T00:00:00Z", text);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        hour > 23 || minute > 59 || second > 59)
        return lead_fail(LEAD_FORMAT, "%s is not on the calendar", text);
    *seconds = days_from_date(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return LEAD_OK;
}

void lead_time_format(int64_t seconds, char text[LEAD_TIME_LENGTH + 1]) {
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
