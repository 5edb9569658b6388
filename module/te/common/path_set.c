/* Sets of paths of OD pairs. */
#include "te/common/path_set.h"
#include "base/array.h"
#include <stdlib.h>
#include <string.h>

void lead_path_set_free(lead_path_set *set) {
    free(set->first);
    free(set->start);
    free(set->links);
    *set = (lead_path_set){0};
}

lead_status lead_path_set_begin(int pair_count, lead_path_set *set) {
    *set = (lead_path_set){.pair_count = pair_count};
    return lead_calloc((size_t)pair_count + 1, sizeof *set->first, &set->first);
}

lead_status lead_path_set_add(lead_path_set *set, const int *links, int length) {
    int at = set->path_count ? set->start[set->path_count] : 0;
    LEAD_TRY(lead_grow(&set->start, sizeof *set->start, set->path_count, 2, &set->path_room));
    LEAD_TRY(lead_grow(&set->links, sizeof *set->links, at, length, &set->link_room));
    memcpy(set->links + at, links, (size_t)length * sizeof *links);
    set->start[set->path_count] = at;
    set->start[++set->path_count] = at + length;
    return LEAD_OK;
}

void lead_path_set_close(lead_path_set *set, int od) {
    set->first[od + 1] = set->path_count;
}

bool lead_path_fails(const lead_path_set *set, int path, const lead_failures *failures,
                     int failure) {
    for (int i = set->start[path]; i < set->start[path + 1]; i++)
        for (int k = failures->first_of_link[set->links[i]];
             k < failures->first_of_link[set->links[i] + 1]; k++)
            if (failures->of_link[k] == failure)
                return true;
    return false;
}
