/* Man pages, in man(7)'s macros. */
#include "cli/help/pages.h"
#include <lead/version.h>
#include <string.h>

/* Text in which nothing is a request, an escape or another kind of dash; marks for code are left
 * out. */
static void put(FILE *to, const char *text) {
    if (*text == '.' || *text == '\'')
        fprintf(to, "\\&");
    for (; *text; text++)
        switch (*text) {
        case '`':
            break;
        case '\\':
            fprintf(to, "\\e");
            break;
        case '-':
            fprintf(to, "\\-");
            break;
        case '\'':
            fprintf(to, "\\(aq");
            break;
        case '^':
            fprintf(to, "\\(ha");
            break;
        case '~':
            fprintf(to, "\\(ti");
            break;
        default:
            putc(*text, to);
        }
}

/* A line of its own. */
static void put_line(FILE *to, const char *text) {
    put(to, text);
    fprintf(to, "\n");
}

static void put_head(FILE *to, const char *name) {
    fprintf(to, ".TH ");
    for (const char *c = name; *c; c++)
        putc(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c, to);
    fprintf(to, " 1 \"\" \"ns3\\-lead %s\" \"ns3\\-lead\"\n.nh\n.ad l\n", LEAD_VERSION);
}

static void put_option(FILE *to, const lead_cli_row *row) {
    char range[600];
    fprintf(to, ".TP\n\\fB\\-\\-");
    put(to, row->name);
    fprintf(to, "\\fR");
    if (row->argument) {
        fprintf(to, " \\fI");
        put(to, row->argument);
        fprintf(to, "\\fR");
    }
    fprintf(to, "\n");
    put(to, row->help);
    lead_cli_row_range(row, range, sizeof range);
    if (*range) {
        fprintf(to, " (");
        put(to, range);
        fprintf(to, ")");
    }
    fprintf(to, row->many ? "; may be repeated\n" : "\n");
}

static void put_command(const lead_cli_command *command, FILE *to) {
    char name[60];
    const lead_cli_row *row;
    snprintf(name, sizeof name, "lead-%s", command->name);
    put_head(to, name);
    fprintf(to, ".SH NAME\n");
    put(to, name);
    fprintf(to, " \\- ");
    put_line(to, command->summary);
    fprintf(to, ".SH SYNOPSIS\n");
    for (int i = 0; i < LEAD_CLI_FORMS && command->forms[i]; i++) {
        fprintf(to, "%s\\fBlead %s\\fR ", i > 0 ? ".br\n" : "", command->name);
        put_line(to, command->forms[i]);
    }
    fprintf(to, ".SH DESCRIPTION\n");
    put_line(to, command->text);
    fprintf(to, ".SH OPTIONS\n");
    for (int i = 0; (row = lead_cli_row_at(command, i)); i++)
        put_option(to, row);
    fprintf(to, ".TP\n\\fB\\-\\-help\\fR\nWhat the command takes.\n.SH EXAMPLES\n");
    for (int i = 0; i < LEAD_CLI_EXAMPLES; i++) {
        fprintf(to, ".PP\n");
        put_line(to, command->examples[i].does);
        fprintf(to, ".PP\n.RS 4\n.nf\n");
        put_line(to, command->examples[i].line);
        fprintf(to, ".fi\n.RE\n");
    }
    fprintf(to, ".SH \"SEE ALSO\"\n.BR lead (1)\n");
}

static void put_program(FILE *to) {
    static const struct {
        const char *name, *what;
    } variables[] = {
        {"LEAD_DATA", "A folder in which files that are named are looked for, too."},
        {"LEAD_MODELS", "A folder in which checkpoints are looked for by their names."},
        {"LEAD_THREADS", "How many cores may be used; as --threads."}};
    put_head(to, "lead");
    fprintf(to, ".SH NAME\nlead \\- proactive routing for ns\\-3 simulations\n.SH SYNOPSIS\n"
                "\\fBlead\\fR COMMAND [OPTION]...\n.SH DESCRIPTION\nReads the link counters of a "
                "simulated network once an epoch, estimates the traffic matrix, forecasts the next "
                "ones and re\\-weights the routes before the traffic comes.\n.SH COMMANDS\n");
    for (int i = 0; i < lead_cli_command_count(); i++) {
        const lead_cli_command *command = lead_cli_command_at(i);
        fprintf(to, ".TP\n.BR lead\\-%s (1)\n", command->name);
        put_line(to, command->summary);
    }
    fprintf(to, ".SH ENVIRONMENT\n");
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        fprintf(to, ".TP\n.B %s\n", variables[i].name);
        put_line(to, variables[i].what);
    }
    fprintf(to, ".SH \"EXIT STATUS\"\n0, or 1 when something failed, which is said on standard "
                "error.\n");
}

void lead_cli_print_man(const lead_cli_command *command, FILE *to) {
    if (command)
        put_command(command, to);
    else
        put_program(to);
}
