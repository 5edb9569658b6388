/* Lines and numbers of text files, plain or gzip'd, for the readers in this room. */
#ifndef LEAD_FORMATS_TEXT_TEXT_H
#define LEAD_FORMATS_TEXT_TEXT_H

#include <lead/base.h>
#include <lead/formats.h>

typedef struct lead_lines lead_lines;

lead_status lead_lines_alloc(const char *path, lead_lines **out);
void lead_lines_free(lead_lines *lines);
/* The next line without its end (and the first without a byte-order mark) in *text (borrowed until
 * the next call), NULL at the end of the file. LEAD_FORMAT for a damaged gzip stream, a NUL byte or
 * a line over 64 MiB. */
lead_status lead_lines_next(lead_lines *lines, char **text);
/* The number of the line read last, from 1. */
long lead_lines_number(const lead_lines *lines);
/* Stores "file:line: ..." for the line read last. */
lead_status lead_lines_fail(const lead_lines *lines, lead_status status, const char *format, ...)
    LEAD_PRINTF(3, 4);
/* Puts "file:line: " before the message that is stored. */
lead_status lead_lines_fail_within(const lead_lines *lines, lead_status status);

/* Cuts the next field off at `separator` (' ' stands for any run of blanks), trimmed; NULL at the
 * end of the line. */
char *lead_field_next(char **rest, char separator);
/* The first line of a CSV file and how many fields it has at most. It tells what separates the
 * fields of this file: commas, or where it has none outside quotes, semicolons or tabs. LEAD_FORMAT
 * for an empty file. */
lead_status lead_csv_header(lead_lines *lines, char **text, size_t *most);
/* What separates the fields of this file, once its header is read. */
char lead_csv_separator(const lead_lines *lines);
/* Whether a row holds nothing but separators and blanks, as spreadsheets add some. */
bool lead_csv_is_blank(const lead_lines *lines, const char *text);
/* The next field of a CSV line (RFC 4180): quoted or not, blanks around it cut off unless they are
 * within quotes; NULL in *field at the end of the line. LEAD_FORMAT for a quote that is not closed
 * in this line or followed by more. */
lead_status lead_csv_next(const lead_lines *lines, char **rest, char **field);
/* Writes a name as a field, in quotes where it needs them. */
void lead_csv_print(lead_file_writer *writer, const char *name);
/* Whether a field says that its value is missing: "", NaN, NA, N/A, null, None. */
bool lead_is_missing(const char *text);
bool lead_integer_parse(const char *text, int *value);
/* What to type for a number with a comma in it, to be put behind a message; "" where none is. */
const char *lead_comma_advice(const char *text);
/* The same for a text that is no quantity of that kind: " (write 5 min or 5 ms)" for "5 m", or "";
 * in `out` or borrowed. */
const char *lead_quantity_advice(const char *text, lead_quantity kind, char out[220]);

/* What the readers of this room share. Their signatures are those of lead_topology_read, with a
 * reading that is not NULL, and lead_tm_series_read. */
lead_status lead_links_csv_read(const char *path, const lead_topology_reading *reading,
                                lead_topology **out);
lead_status lead_links_csv_write(const lead_topology *topology, const char *path);
lead_status lead_repetita_read(const char *path, const lead_topology_reading *reading,
                               lead_topology **out);
lead_status lead_repetita_write(const lead_topology *topology, const char *path);
lead_status lead_sndlib_read(const char *path, const lead_topology_reading *reading,
                             lead_topology **out);
lead_status lead_sndlib_write(const lead_topology *topology, const char *path);
lead_status lead_graph_read(const char *path, const lead_topology_reading *reading,
                            lead_topology **out);
lead_status lead_graphml_write(const lead_topology *topology, const char *path);
lead_status lead_gml_write(const lead_topology *topology, const char *path);
lead_status lead_node_link_write(const lead_topology *topology, const char *path);
/* The same with the list of edges under another name: networkx before 3.4 reads "links". */
lead_status lead_node_link_write_as(const lead_topology *topology, const char *edges,
                                    const char *path);
lead_status lead_topology_yaml_read(const char *path, const lead_topology_reading *reading,
                                    lead_topology **out);
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

/* The reading's unit and step are needed. Times go on through all files of a folder. */
lead_status lead_hist_read(const char *path, const lead_tm_reading *reading, lead_tm_series **out);
lead_status lead_hist_write(const lead_tm_series *series, const char *path);
/* `count` TMs from the one at `first` on, without a word of what the format does not hold. */
lead_status lead_hist_write_part(const lead_tm_series *series, int first, int count,
                                 const char *path);
/* What it does not hold, as a warning: names, times and gaps between them, the unit. */
void lead_hist_warn(const lead_tm_series *series, const char *path);
/* Whether a folder has such files, or its train/ or test/ has. */
bool lead_hist_is_folder(const char *path);

bool lead_path_ends(const char *path, const char *ending);
/* LEAD_UNAVAILABLE when the name cannot stand in a CSV field: a line end or one of `more` in it. */
lead_status lead_csv_check_name(const char *path, const char *name, const char *more);
/* The great-circle distance of two nodes over 2e8 m/s, in s; 0 when one of them has no place. */
double lead_delay_between(const lead_topology *topology, int source, int destination);
/* Whether these are a longitude and a latitude in degrees; pixels of a drawing are not. */
bool lead_is_place(double longitude, double latitude);
/* One warning about all nodes of a file whose places are none. */
void lead_warn_of_places(const char *path, int count);
/* Whether a link carries nothing, being of capacity 0 or from a node to itself: then it is left
 * out, which a warning says with its place in the file. */
bool lead_leaves_out(const char *place, const lead_topology *topology, const lead_link *link);
/* Adds a link of the file's line, and its reverse where `both`, unless it carries nothing. `label`
 * (may be NULL) names them. */
lead_status lead_add_link(lead_topology *topology, const char *path, long line, lead_link link,
                          bool both, const char *label);
/* Adds a link and its label, unless that is NULL or "". */
lead_status lead_add_labelled(lead_topology *topology, lead_link link, const char *label);
/* Sets that of all links from `from` on. As lead_topology_set_probability. */
lead_status lead_set_probabilities(lead_topology *topology, int from, double probability);
/* A second link from a node to another needs a label that tells them apart: LEAD_FORMAT otherwise.
 */
lead_status lead_check_parallel(const lead_topology *topology, const lead_link *link,
                                const char *label);
bool lead_has_parallel_links(const lead_topology *topology);
/* Whether another link has the same ends in the same order. */
bool lead_is_parallel(const lead_topology *topology, int link);
/* The name of a link for formats that need one for parallel links: its label, "A-B#2", or "" where
 * it needs none. */
const char *lead_parallel_name(const lead_topology *topology, int link, char text[160]);

/* The ends of an edge. */
typedef struct lead_pair {
    int from, to;
} lead_pair;
/* How many edges of pairs[count] have no reverse beside them, each reverse counting once; edges
 * from a node to itself count as having one. Sorts the pairs. O(count log count). */
int lead_count_without_reverse(lead_pair *pairs, int count);

/* The series a reader gives back: in the order of reading->topology, if one is given. Takes
 * `series` over. */
lead_status lead_tm_reading_finish(const char *path, const lead_tm_reading *reading,
                                   lead_tm_series *series, lead_tm_series **out);

#endif
