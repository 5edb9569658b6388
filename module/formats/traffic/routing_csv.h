/* A routing as rows of CSV. */
#ifndef LEAD_FORMATS_TRAFFIC_ROUTING_CSV_H
#define LEAD_FORMATS_TRAFFIC_ROUTING_CSV_H

#include "formats/text/text.h"

#define LEAD_ROUTING_HEADER "kind,source,destination,share,path,links"

/* LEAD_UNAVAILABLE for a network whose nodes' names cannot stand in such a file, `path`. */
lead_status lead_routing_check_names(const lead_topology *topology, const char *path);
/* The rows, without a header. Shares of 0 have none. O(n m + total length of paths). */
lead_status lead_routing_print(lead_file_writer *writer, const lead_routing *routing,
                               const lead_topology *topology);

#endif
