/* Man pages and completions as files; see pages.h. */
#include "cli/help/pages.h"
#include <stdlib.h>

typedef struct share_file {
    FILE *to; /* its text so far */
    char *text;
    size_t length;
} share_file;

static lead_status begin(share_file *self) {
    *self = (share_file){0};
    self->to = open_memstream(&self->text, &self->length);
    return self->to ? LEAD_OK : lead_fail(LEAD_MEMORY, "no memory for a page of help");
}

/* Writes folder/part/name. */
static lead_status end(share_file *self, lead_status status, const char *folder, const char *part,
                       const char *name) {
    char path[4096];
    lead_file_writer *writer = NULL;
    if (fclose(self->to) != 0 && status == LEAD_OK)
        status = lead_fail(LEAD_MEMORY, "no memory for %s", name);
    snprintf(path, sizeof path, "%.3000s/%s", folder, part);
    if (status == LEAD_OK)
        status = lead_directory_make(path);
    snprintf(path, sizeof path, "%.3000s/%s/%s", folder, part, name);
    if (status == LEAD_OK)
        status = lead_file_writer_alloc(path, false, &writer);
    if (status == LEAD_OK) {
        lead_file_printf(writer, "%s", self->text);
        status = lead_file_writer_finish(writer);
    }
    lead_file_writer_free(writer);
    free(self->text);
    return status;
}

static lead_status write_man(const char *folder, const lead_cli_command *command) {
    share_file file;
    char name[80] = "lead.1";
    LEAD_TRY(begin(&file));
    lead_cli_print_man(command, file.to);
    if (command)
        snprintf(name, sizeof name, "lead-%.60s.1", command->name);
    return end(&file, LEAD_OK, folder, "man/man1", name);
}

static lead_status write_completion(const char *folder, const char *part, const char *name,
                                    lead_status (*print)(FILE *to)) {
    share_file file;
    LEAD_TRY(begin(&file));
    return end(&file, print(file.to), folder, part, name);
}

lead_status lead_cli_write_share(const char *folder) {
    LEAD_TRY(write_man(folder, NULL));
    for (int i = 0; i < lead_cli_command_count(); i++)
        LEAD_TRY(write_man(folder, lead_cli_command_at(i)));
    LEAD_TRY(write_completion(folder, "bash-completion/completions", "lead", lead_cli_print_bash));
    return write_completion(folder, "zsh/site-functions", "_lead", lead_cli_print_zsh);
}
