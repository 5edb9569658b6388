#include "record/plans.h"
#include "formats/traffic/routing_csv.h"
#include <stdlib.h>
#include <string.h>

static const char name[] = "plans.csv";

lead_status lead_plan_rows_open(const char *folder, const lead_topology *topology,
                                lead_plan_rows *out) {
    *out = (lead_plan_rows){.topology = topology, .rows = {.file = -1}};
    LEAD_TRY(lead_routing_check_names(topology, name));
    LEAD_TRY(lead_rows_open(folder, name, &out->rows));
    fprintf(out->rows.text, "epoch,offset_s,%s\n", LEAD_ROUTING_HEADER);
    return lead_rows_flush(&out->rows);
}

void lead_plan_rows_close(lead_plan_rows *self) {
    lead_rows_close(&self->rows);
    free(self->last);
    self->last = NULL;
}

static lead_status text_of(const lead_plan_rows *self, const lead_routing *routing, char **text) {
    lead_file_writer *writer;
    LEAD_TRY(lead_text_writer_alloc(&writer));
    lead_status status = lead_routing_print(writer, routing, self->topology);
    if (status == LEAD_OK)
        status = lead_text_writer_finish(writer, text);
    lead_file_writer_free(writer);
    return status;
}

/* Each line behind its epoch and offset. */
static void put_lines(FILE *file, int epoch, double offset, const char *text) {
    lead_locale before = lead_locale_enter();
    while (*text) {
        const size_t length = strcspn(text, "\n") + 1; /* every line has an end */
        fprintf(file, "%d,%.9g,%.*s", epoch, offset, (int)length, text);
        text += length;
    }
    lead_locale_leave(before);
}

lead_status lead_plan_rows_add(lead_plan_rows *self, int epoch, double offset,
                               const lead_routing *routing) {
    char *text;
    LEAD_TRY(text_of(self, routing, &text));
    if (self->last && strcmp(self->last, text) == 0) {
        free(text);
        return LEAD_OK;
    }
    free(self->last);
    self->last = text;
    put_lines(self->rows.text, epoch, offset, text);
    return lead_rows_flush(&self->rows);
}
