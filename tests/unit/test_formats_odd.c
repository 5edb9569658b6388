/* formats: what people's files hold besides data. Marks, line ends, names with everything in them,
 * entities, aliases, and what a writer must refuse. */
#include "support.h"
#include <lead/formats.h>

/* Appends `text`, as a gzip member of its own, to a file. */
static void append_gzip(const char *path, const char *text) {
    const char *member = test_path("member.gz");
    char bytes[4096];
    lead_file_writer *writer;
    assert_ok(lead_file_writer_alloc(member, true, &writer));
    lead_file_printf(writer, "%s", text);
    assert_ok(lead_file_writer_finish(writer));
    lead_file_writer_free(writer);
    FILE *from = fopen(member, "rb"), *to = fopen(path, "ab");
    size_t length = fread(bytes, 1, sizeof bytes, from);
    assert_int_equal(fwrite(bytes, 1, length, to), length);
    fclose(from);
    fclose(to);
}

static void marks_and_line_ends_are_skipped(void **state) {
    (void)state;
    lead_topology *topology;
    lead_tm_series *series;
    lead_tm_reading all = {0};
    assert_ok(lead_topology_read(
        test_file("bom.csv", "\xef\xbb\xbfsrc,dst,capacity_kbps\r\nA, B ,10\r\n\r\nB,A,10\r\n"), 0,
        &topology));
    assert_int_equal(lead_topology_find_node(topology, "B"), 1);
    lead_topology_free(topology);
    assert_ok(lead_topology_read(
        test_file("bom.graph",
                  "\xef\xbb\xbfNODES 2 \r\nlabel x y\r\nA 0 0 \r\nB 0 0\r\n\r\nEDGES 1\r\n"
                  "label src dest weight bw delay\r\ne 0 1 1 10 5  \r\n"),
        0, &topology));
    assert_int_equal(lead_topology_link_count(topology), 1);
    lead_topology_free(topology);
    assert_ok(lead_tm_series_read(
        test_file("bom-tm.csv", "\xef\xbb\xbftime,A>A\r\n2004-01-01T00:00:00Z, 1 "), &all,
        &series));
    assert_near(lead_tm_series_tm(series, 0)[0], 1000, 0);
    lead_tm_series_free(series);
}

static void more_than_the_format_has_is_refused(void **state) {
    (void)state;
    static const char graph[] =
        "NODES 2\nlabel x y\nA 0 0\nB 0 0\n\nEDGES 1\nlabel src dest weight bw "
        "delay\ne 0 1 1 10 5 extra\n",
                      counted[] = "NODES 2000000000\nlabel x y\nA 0 0\n",
                      nul[] = "time,A>A\n2004-01-01T00:00:00Z,1";
    lead_topology *topology;
    lead_tm_series *series;
    lead_tm_reading all = {0};
    assert_fails(lead_topology_read(test_file("extra.graph", graph), 0, &topology), LEAD_FORMAT,
                 "extra.graph:8: more than 6 fields");
    assert_fails(lead_topology_read(test_file("counted.graph", counted), 0, &topology), LEAD_FORMAT,
                 "ends before");
    const char *path = test_path("nul.csv");
    FILE *file = fopen(path, "wb");
    fwrite(nul, 1, sizeof nul, file); /* its NUL, and more after it, at the end of the file */
    fwrite("7", 1, 1, file);
    fclose(file);
    assert_fails(lead_tm_series_read(path, &all, &series), LEAD_FORMAT, "nul.csv:2: a NUL byte");
    assert_fails(
        lead_tm_series_read(test_file("twice.csv", "time,A>A,A>A,A>A,A>A\n"), &all, &series),
        LEAD_FORMAT, "twice.csv:1: 0 pairs of the 1 nodes have no column and 1 have more than one");
}

static void gzip_members_follow_one_another(void **state) {
    (void)state;
    const char *path = test_path("members.csv.gz");
    lead_tm_series *series;
    lead_tm_reading all = {0};
    append_gzip(path, "time,A>A\n2004-01-01T00:00:00Z,1\n2004-01-0");
    append_gzip(path, "2T00:00:00Z,2\n");
    assert_ok(lead_tm_series_read(path, &all, &series));
    assert_int_equal(lead_tm_series_length(series), 2);
    assert_near(lead_tm_series_tm(series, 1)[0], 2000, 0);
    lead_tm_series_free(series);
}

/* A header field longer than zlib's own printf can hold. */
static void long_names_survive_gzip(void **state) {
    (void)state;
    enum { LENGTH = 20000 };
    char *name = malloc(LENGTH + 1);
    memset(name, 'x', LENGTH);
    name[LENGTH] = '\0';
    lead_tm_series *series;
    lead_tm_reading all = {0};
    double tm[1] = {5000};
    const char *path = test_path("long.csv.gz");
    assert_ok(lead_tm_series_alloc(1, (const char *const[]){name}, &series));
    assert_ok(lead_tm_series_append(series, 0, tm));
    assert_ok(lead_tm_series_write(series, path));
    lead_tm_series_free(series);
    assert_ok(lead_tm_series_read(path, &all, &series));
    assert_string_equal(lead_tm_series_node_name(series, 0), name);
    lead_tm_series_free(series);
    free(name);
}

static const char *const odd_names[] = {"Z\xc3\xbcrich \"HB\"",
                                        "a\\b",
                                        "tab\there",
                                        "line\nend",
                                        "del\x7f",
                                        "nel\xc2\x85",
                                        "separator\xe2\x80\xa8",
                                        "\xef\xbb\xbfmark",
                                        "\xf0\x9f\x98\x80",
                                        "# no: comment",
                                        " blanks ",
                                        "St. Louis, MO",
                                        "null",
                                        "a>b"};

enum { ODD = sizeof odd_names / sizeof *odd_names };

static lead_topology *odd_network(void) {
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int i = 0; i < ODD; i++) {
        assert_ok(lead_topology_add_node(topology, odd_names[i], NULL));
        if (i > 0)
            assert_ok(lead_topology_add_link(
                topology, (lead_link){i - 1, i, 1e9 / 3, 1e-3 / 7, 1.0 / 3, true, 0}, NULL));
    }
    return topology;
}

static void every_name_survives_yaml(void **state) {
    (void)state;
    lead_topology *topology = odd_network(), *back;
    const char *path = test_path("odd.yaml");
    assert_ok(lead_topology_write(topology, path));
    assert_ok(lead_topology_read(path, 0, &back));
    assert_int_equal(lead_topology_node_count(back), ODD);
    for (int i = 0; i < ODD; i++)
        assert_string_equal(lead_topology_node_name(back, i), odd_names[i]);
    for (int e = 0; e < ODD - 1; e++) {
        const lead_link *one = lead_topology_link(topology, e), *two = lead_topology_link(back, e);
        assert_true(one->capacity == two->capacity && one->delay == two->delay &&
                    one->weight == two->weight);
    }
    lead_topology_free(topology);
    lead_topology_free(back);
}

static void what_csv_cannot_hold_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"a\nb", "a>b"};
    for (int i = 0; i < 2; i++) {
        lead_topology *topology;
        lead_tm_series *series;
        double tm[4] = {0};
        assert_ok(lead_topology_alloc(&topology));
        assert_ok(lead_topology_add_node(topology, bad[i], NULL));
        assert_ok(lead_topology_add_node(topology, "other", NULL));
        assert_ok(lead_topology_add_link(topology, (lead_link){0, 1, 1, 0, 0, true, 0}, NULL));
        if (i == 0) /* > means something in TMs only */
            assert_fails(lead_topology_write(topology, test_path("bad.csv")), LEAD_UNAVAILABLE,
                         "cannot stand in CSV");
        assert_ok(lead_tm_series_alloc(2, (const char *const[]){bad[i], "other"}, &series));
        assert_ok(lead_tm_series_append(series, 0, tm));
        assert_fails(lead_tm_series_write(series, test_path("bad-tm.csv")), LEAD_UNAVAILABLE,
                     "cannot stand in CSV");
        lead_tm_series_free(series);
        assert_ok(lead_topology_add_node(topology, "alone", NULL));
        assert_fails(lead_topology_write(topology, test_path("alone.csv")), LEAD_UNAVAILABLE, "");
        lead_topology_free(topology);
    }
}

/* "TMS", a folder that is there, is the same as "TMS/". */
static void sndlib_files_go_into_the_folder(void **state) {
    (void)state;
    const char *folder = test_path("tms");
    char file[600];
    lead_tm_series *series;
    lead_tm_reading all = {0};
    double tm[4] = {0, 3e6, 0, 0};
    assert_ok(lead_directory_make(folder));
    assert_ok(lead_tm_series_alloc(2, (const char *const[]){"A", "B"}, &series));
    assert_ok(lead_tm_series_append(series, 86400, tm));
    assert_ok(lead_tm_series_write(series, folder));
    lead_tm_series_free(series);
    snprintf(file, sizeof file, "%s/demandMatrix-19700102-000000.xml", folder);
    assert_int_equal(access(file, R_OK), 0);
    assert_ok(lead_tm_series_read(folder, &all, &series));
    assert_near(lead_tm_series_tm(series, 0)[1], 3e6, 1e-6);
    lead_tm_series_free(series);
}

static void entities_bring_nothing_in(void **state) {
    (void)state;
    char text[4096];
    lead_topology *topology;
    lead_tm_series *series;
    lead_tm_reading all = {0};
    snprintf(
        text, sizeof text,
        "<!DOCTYPE network [<!ENTITY x SYSTEM \"file://%s\">]><network><networkStructure><nodes>"
        "<node id='A'/></nodes><links><link id='l'><source>&x;</source><target>A</target></link>"
        "</links></networkStructure></network>",
        test_file("secret", "A"));
    assert_fails(lead_topology_read(test_file("entity.xml", text),
                                    &(lead_topology_reading){.capacity = 1e9}, &topology),
                 LEAD_FORMAT, "entities are declared");
    strcpy(text, "<!DOCTYPE network [<!ENTITY l0 \"lol\">");
    for (int i = 1; i < 30; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "<!ENTITY l%d \"&l%d;&l%d;&l%d;&l%d;\">", i, i - 1, i - 1, i - 1, i - 1);
    snprintf(
        text + strlen(text), sizeof text - strlen(text),
        "]><network><meta><unit>&l29;</unit></meta><networkStructure><nodes><node id='A'/></nodes>"
        "</networkStructure><demands/></network>");
    assert_fails(lead_tm_series_read(test_file("laughs.xml", text), &all, &series), LEAD_FORMAT,
                 "laughs.xml:");
    assert_fails(lead_tm_series_read(test_file("none.xml", "<network/>"), &all, &series),
                 LEAD_FORMAT, "none.xml:1: the network has no nodes");
}

static void yaml_aliases_and_doubles(void **state) {
    (void)state;
    lead_topology *topology;
    assert_ok(lead_topology_read(
        test_file("alias.yaml",
                  "nodes: [{name: &a A}, {name: B}]\n"
                  "links: [{from: *a, to: B, capacity: &c 1 Gbit/s}, {from: B, to: *a, "
                  "capacity: *c}]\n"),
        0, &topology));
    assert_near(lead_topology_link(topology, 1)->capacity, 1e9, 0);
    lead_topology_free(topology);
    assert_fails(lead_topology_read(test_file("bare.yaml", "nodes: [{name: *nobody}]\nlinks: []\n"),
                                    0, &topology),
                 LEAD_FORMAT, "bare.yaml:");
    assert_fails(
        lead_topology_read(test_file("twice.yaml", "nodes: [{name: A, name: B}]\nlinks: []\n"), 0,
                           &topology),
        LEAD_FORMAT, "twice.yaml:1");
    assert_fails(
        lead_topology_read(
            test_file("double.yaml", "nodes: [{name: A}]\nnodes: [{name: B}]\nlinks: []\n"), 0,
            &topology),
        LEAD_FORMAT, "double.yaml:");
}

static void quantities_in_all_spellings(void **state) {
    (void)state;
    static const struct {
        const char *text;
        lead_quantity kind;
        double value;
    } good[] = {{"1e3 bit/s", LEAD_QUANTITY_RATE, 1e3}, {"2.5Gbit/s", LEAD_QUANTITY_RATE, 2.5e9},
                {"+7", LEAD_QUANTITY_TIME, 7},          {".5   min", LEAD_QUANTITY_TIME, 30},
                {"-1 ms", LEAD_QUANTITY_TIME, -1e-3},   {"1E-3 MB", LEAD_QUANTITY_SIZE, 1e3},
                {"5.", LEAD_QUANTITY_SIZE, 5}};
    static const char *const bad[] = {"",       "e5",       "1e",        "1e400",   "nan",
                                      "inf s",  "0x10",     "1 2",       "1,5 s",   "1 Gbit/s ",
                                      "Gbit/s", "1 gbit/s", "1 s",       "1 B",     "--1",
                                      "1.2.3",  ". bit/s",  "1 bit/s/s", "1\tbit/s"};
    double value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_ok(lead_quantity_parse(good[i].text, good[i].kind, &value));
        assert_near(value, good[i].value, 1e-12 * fabs(value));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(lead_quantity_parse(bad[i], LEAD_QUANTITY_RATE, &value), LEAD_FORMAT,
                     "is not a rate like");
    assert_fails(lead_quantity_parse("1e308 Tbit/s", LEAD_QUANTITY_RATE, &value), LEAD_FORMAT,
                 "1e308 Tbit/s");
}

/* A small b is a bit, a large B a byte. */
static void units_are_read_where_they_mean_one_thing(void **state) {
    (void)state;
    static const struct {
        const char *unit;
        lead_quantity kind;
        double factor;
    } known[] = {{"bit/s", LEAD_QUANTITY_RATE, 1},     {"kbit/s", LEAD_QUANTITY_RATE, 1e3},
                 {"Kbit/s", LEAD_QUANTITY_RATE, 1e3},  {"Mbit/s", LEAD_QUANTITY_RATE, 1e6},
                 {"Gbit/s", LEAD_QUANTITY_RATE, 1e9},  {"Tbit/s", LEAD_QUANTITY_RATE, 1e12},
                 {"Pbit/s", LEAD_QUANTITY_RATE, 1e15}, {"b/s", LEAD_QUANTITY_RATE, 1},
                 {"kb/s", LEAD_QUANTITY_RATE, 1e3},    {"Kb/s", LEAD_QUANTITY_RATE, 1e3},
                 {"Mb/s", LEAD_QUANTITY_RATE, 1e6},    {"Gb/s", LEAD_QUANTITY_RATE, 1e9},
                 {"Tb/s", LEAD_QUANTITY_RATE, 1e12},   {"bps", LEAD_QUANTITY_RATE, 1},
                 {"kbps", LEAD_QUANTITY_RATE, 1e3},    {"Kbps", LEAD_QUANTITY_RATE, 1e3},
                 {"Mbps", LEAD_QUANTITY_RATE, 1e6},    {"mbps", LEAD_QUANTITY_RATE, 1e6},
                 {"Gbps", LEAD_QUANTITY_RATE, 1e9},    {"gbps", LEAD_QUANTITY_RATE, 1e9},
                 {"Tbps", LEAD_QUANTITY_RATE, 1e12},   {"tbps", LEAD_QUANTITY_RATE, 1e12},
                 {"B/s", LEAD_QUANTITY_RATE, 8},       {"kB/s", LEAD_QUANTITY_RATE, 8e3},
                 {"KB/s", LEAD_QUANTITY_RATE, 8e3},    {"MB/s", LEAD_QUANTITY_RATE, 8e6},
                 {"GB/s", LEAD_QUANTITY_RATE, 8e9},    {"TB/s", LEAD_QUANTITY_RATE, 8e12},
                 {"Bps", LEAD_QUANTITY_RATE, 8},       {"kBps", LEAD_QUANTITY_RATE, 8e3},
                 {"MBps", LEAD_QUANTITY_RATE, 8e6},    {"GBps", LEAD_QUANTITY_RATE, 8e9},
                 {"s", LEAD_QUANTITY_TIME, 1},         {"ms", LEAD_QUANTITY_TIME, 1e-3},
                 {"us", LEAD_QUANTITY_TIME, 1e-6},     {"ns", LEAD_QUANTITY_TIME, 1e-9},
                 {"min", LEAD_QUANTITY_TIME, 60},      {"h", LEAD_QUANTITY_TIME, 3600},
                 {"d", LEAD_QUANTITY_TIME, 86400},     {"B", LEAD_QUANTITY_SIZE, 1},
                 {"kB", LEAD_QUANTITY_SIZE, 1e3},      {"MB", LEAD_QUANTITY_SIZE, 1e6}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[40];
        double value;
        snprintf(text, sizeof text, "2 %s", known[i].unit);
        for (int kind = LEAD_QUANTITY_RATE; kind <= LEAD_QUANTITY_SIZE; kind++)
            if (kind == (int)known[i].kind) {
                assert_ok(lead_quantity_parse(text, known[i].kind, &value));
                assert_near(value, 2 * known[i].factor, 1e-12 * value);
            } else
                assert_fails(lead_quantity_parse(text, (lead_quantity)kind, &value), LEAD_FORMAT,
                             text);
    }
}

static void what_to_write_for_other_units_is_said(void **state) {
    (void)state;
    static const struct {
        const char *text;
        lead_quantity kind;
        const char *advice;
    } known[] = {{"5 m", LEAD_QUANTITY_TIME, " (write 5 min or 5 ms)"},
                 {"5M", LEAD_QUANTITY_TIME, " (write 5 min or 5 ms)"},
                 {"5 MS", LEAD_QUANTITY_TIME, " (write 5 ms)"},
                 {"5 sec", LEAD_QUANTITY_TIME, " (write 5 s)"},
                 {"2 hours", LEAD_QUANTITY_TIME, " (write 2 h)"},
                 {"7 \xc2\xb5s", LEAD_QUANTITY_TIME, " (write 7 us)"},
                 {"1,5 s", LEAD_QUANTITY_TIME, " (write 1.5 for 1,5"},
                 {"10 MBPS", LEAD_QUANTITY_RATE, " (write 10 Mbps or 10 MBps)"},
                 {"10 KB/S", LEAD_QUANTITY_RATE, " (write 10 kb/s or 10 kB/s)"},
                 {"10 mb/s", LEAD_QUANTITY_RATE, " (write 10 Mb/s or 10 MB/s)"},
                 {"10 gbit/s", LEAD_QUANTITY_RATE, " (write 10 Gbit/s)"},
                 {"10 Gb", LEAD_QUANTITY_RATE, " (write 10 Gb/s or 10 GB/s)"},
                 {"10 G", LEAD_QUANTITY_RATE, " (write 10 Gbit/s)"},
                 {"10 m", LEAD_QUANTITY_RATE, " (write 10 Mbit/s)"},
                 {"1500 KB", LEAD_QUANTITY_SIZE, " (write 1500 kB)"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double value;
        assert_fails(lead_quantity_parse(known[i].text, known[i].kind, &value), LEAD_FORMAT,
                     known[i].advice);
    }
    double value;
    assert_fails(lead_quantity_parse("5 parsecs", LEAD_QUANTITY_TIME, &value), LEAD_FORMAT,
                 "is not a time like \"300 s\"");
    assert_null(strstr(lead_last_message(), "write"));
    assert_fails(lead_unit_parse("MBPS", &value), LEAD_FORMAT, "(write Mbps or MBps)");
    assert_fails(lead_unit_parse("Gb", &value), LEAD_FORMAT, "(write Gb/s or GB/s)");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(marks_and_line_ends_are_skipped),
                                       cmocka_unit_test(more_than_the_format_has_is_refused),
                                       cmocka_unit_test(gzip_members_follow_one_another),
                                       cmocka_unit_test(long_names_survive_gzip),
                                       cmocka_unit_test(every_name_survives_yaml),
                                       cmocka_unit_test(what_csv_cannot_hold_is_refused),
                                       cmocka_unit_test(sndlib_files_go_into_the_folder),
                                       cmocka_unit_test(entities_bring_nothing_in),
                                       cmocka_unit_test(yaml_aliases_and_doubles),
                                       cmocka_unit_test(quantities_in_all_spellings),
                                       cmocka_unit_test(units_are_read_where_they_mean_one_thing),
                                       cmocka_unit_test(what_to_write_for_other_units_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
