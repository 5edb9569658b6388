/* What is made of the table of commands. */
#ifndef LEAD_CLI_HELP_PAGES_H
#define LEAD_CLI_HELP_PAGES_H

#include "cli/help/table.h"

/* All commands, a line each, in 80 columns. */
void lead_cli_print_list(FILE *to);
/* What a command takes, in 80 columns. */
void lead_cli_print_help(const lead_cli_command *command, FILE *to);
/* A command's man page, lead-NAME(1); NULL: that of the program, lead(1). */
void lead_cli_print_man(const lead_cli_command *command, FILE *to);
/* docs/commands.md. */
void lead_cli_print_markdown(FILE *to);
/* Completions. LEAD_MEMORY. */
lead_status lead_cli_print_bash(FILE *to);
lead_status lead_cli_print_zsh(FILE *to);
/* All man pages and completions, as they lie in share/: man/man1, bash-completion/completions,
 * zsh/site-functions. LEAD_IO, LEAD_MEMORY. */
lead_status lead_cli_write_share(const char *folder);

#endif
