/* Lines and numbers of text files, plain or gzip'd, for the readers in this room. */
#ifndef LEAD_FORMATS_TEXT_H
#define LEAD_FORMATS_TEXT_H

#include <lead/base.h>

typedef struct lead_lines lead_lines;

lead_status lead_lines_alloc(const char *path, lead_lines **out);
void lead_lines_free(lead_lines *lines);
/* The next line without its end (and the first without a byte-order mark) in *text (borrowed until
 * the next call), NULL at the end of the file. LEAD_FORMAT for a damaged gzip stream, a NUL byte or
 * a line over 64 MiB. */
lead_status lead_lines_next(lead_lines *lines, char **text);
/* Stores "file:line: ..." for the line read last. */
lead_status lead_lines_fail(const lead_lines *lines, lead_status status, const char *format, ...)
    LEAD_PRINTF(3, 4);
/* Puts "file:line: " before the message that is stored. */
lead_status lead_lines_fail_within(const lead_lines *lines, lead_status status);

/* Cuts the next field off at `separator` (' ' stands for any run of blanks), trimmed; NULL at the
 * end of the line. */
char *lead_field_next(char **rest, char separator);
/* A finite decimal number that fills the text. Correctly rounded; "nan", "inf" and hexadecimal are
 * no numbers here. */
bool lead_number_parse(const char *text, double *value);
bool lead_integer_parse(const char *text, int *value);

/* What the readers of this room share. Their signatures are those of lead_topology_read and
 * lead_tm_series_read. */
#include <lead/formats.h>
lead_status lead_links_csv_read(const char *path, double default_capacity, lead_topology **out);
lead_status lead_links_csv_write(const lead_topology *topology, const char *path);
lead_status lead_repetita_read(const char *path, double default_capacity, lead_topology **out);
lead_status lead_repetita_write(const lead_topology *topology, const char *path);
lead_status lead_sndlib_read(const char *path, double default_capacity, lead_topology **out);
lead_status lead_sndlib_write(const lead_topology *topology, const char *path);
lead_status lead_graph_read(const char *path, double default_capacity, lead_topology **out);
lead_status lead_graph_write(const lead_topology *topology, const char *path);
lead_status lead_topology_yaml_read(const char *path, double default_capacity, lead_topology **out);
lead_status lead_topology_yaml_write(const lead_topology *topology, const char *path);

lead_status lead_tm_csv_read(const char *path, const lead_tm_reading *reading,
                             lead_tm_series **out);
lead_status lead_tm_csv_write(const lead_tm_series *series, const char *path);
lead_status lead_repetita_demands_read(const char *path, const lead_tm_reading *reading,
                                       lead_tm_series **out);
lead_status lead_repetita_demands_write(const lead_tm_series *series, const char *path);
lead_status lead_sndlib_demands_read(const char *path, const lead_tm_reading *reading,
                                     lead_tm_series **out);
lead_status lead_sndlib_demands_write(const lead_tm_series *series, const char *path);

/* LEAD_UNAVAILABLE when the name cannot stand in a CSV field: a comma, a line end or one of `more`
 * in it, a blank at an end. */
lead_status lead_csv_check_name(const char *path, const char *name, const char *more);
/* The great-circle distance of two nodes over 2e8 m/s, in s; 0 when one of them has no place. */
double lead_delay_between(const lead_topology *topology, int source, int destination);
/* The series a reader gives back: in the order of reading->topology, if one is given. Takes
 * `series` over. */
lead_status lead_tm_reading_finish(const char *path, const lead_tm_reading *reading,
                                   lead_tm_series *series, lead_tm_series **out);

#endif
