/* formats: what is written reads back the same, and what is wrong is told with its file and line.
 */
#include "support.h"
#include <lead/formats.h>
#include <zlib.h>

static void assert_same_topology(const lead_topology *a, const lead_topology *b, bool weights,
                                 double tolerance) {
    int m = lead_topology_link_count(a);
    assert_int_equal(lead_topology_node_count(a), lead_topology_node_count(b));
    assert_int_equal(m, lead_topology_link_count(b));
    for (int e = 0; e < m; e++) {
        const lead_link *x = lead_topology_link(a, e);
        const char *from = lead_topology_node_name(a, x->source),
                   *to = lead_topology_node_name(a, x->destination);
        int found = lead_topology_find_link(b, lead_topology_find_node(b, from),
                                            lead_topology_find_node(b, to));
        assert_true(found >= 0);
        const lead_link *y = lead_topology_link(b, found);
        assert_near(x->capacity, y->capacity, tolerance * x->capacity);
        if (weights)
            assert_near(x->weight, y->weight, tolerance * x->weight);
    }
}

static void topologies_come_back(void **state) {
    (void)state;
    static const struct {
        const char *name;
        bool weights;
    } formats[] = {{"t.yaml", true}, {"t.csv", true},     {"t.graph", true},
                   {"t.xml", false}, {"t.graphml", true}, {"t.gml", true}};
    static const test_edge edges[] = {{0, 1, 9.92e9, 7}, {1, 2, 2.48e9, 3}, {0, 2, 155e6, 11}};
    lead_topology *topology = test_network(3, edges, 3), *back;
    for (int i = 0; i < 3; i++)
        assert_ok(lead_topology_place_node(topology, i, 10.5 + i, -20.25));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const char *path = test_path(formats[i].name);
        assert_true(lead_path_is_topology(path));
        assert_ok(lead_topology_write(topology, path));
        assert_ok(lead_topology_read(path, 0, &back));
        assert_same_topology(topology, back, formats[i].weights, 1e-9);
        lead_topology_free(back);
    }
    lead_topology_free(topology);
}

static void risk_groups_come_back(void **state) {
    (void)state;
    static const char *const names[] = {"groups.yaml", "groups.csv"};
    lead_topology *topology, *back;
    assert_ok(lead_topology_alloc(&topology));
    assert_ok(lead_topology_add_node(topology, "a", NULL));
    assert_ok(lead_topology_add_node(topology, "b", NULL));
    assert_ok(lead_topology_add_link(topology, (lead_link){0, 1, 1e6, 0, 1, true, 12}, NULL));
    assert_ok(lead_topology_add_link(topology, (lead_link){1, 0, 1e6, 0, 1, true, 0}, NULL));
    for (int i = 0; i < 2; i++) {
        assert_ok(lead_topology_write(topology, test_path(names[i])));
        assert_ok(lead_topology_read(test_path(names[i]), 0, &back));
        assert_int_equal(lead_topology_link(back, 0)->risk_group, 12);
        assert_int_equal(lead_topology_link(back, 1)->risk_group, 0);
        lead_topology_free(back);
    }
    lead_topology_free(topology);
}

static void probabilities_come_back(void **state) {
    (void)state;
    static const char *const names[] = {"p.yaml", "p.csv"};
    lead_topology *topology, *copy, *back;
    assert_ok(lead_topology_read(
        test_file("teavar.csv", "to_node,from_node,capacity,prob_failure\nb,a,5000000,.001\n"
                                "a,b,5000000,.001\nc,b,5000000,\n"),
        0, &topology));
    assert_string_equal(lead_topology_node_name(topology, lead_topology_link(topology, 0)->source),
                        "a");
    assert_near(lead_topology_link_probability(topology, 0), 0.001, 0);
    assert_near(lead_topology_link_probability(topology, 2), 0, 0);
    assert_ok(lead_topology_copy(topology, &copy));
    for (int i = 0; i < 2; i++) {
        assert_ok(lead_topology_write(copy, test_path(names[i])));
        assert_ok(lead_topology_read(test_path(names[i]), 0, &back));
        for (int e = 0; e < 3; e++)
            assert_near(lead_topology_link_probability(back, e), e < 2 ? 0.001 : 0, 0);
        lead_topology_free(back);
    }
    assert_fails(lead_topology_set_probability(copy, 0, 1.5), LEAD_NUMERIC, "1.5 is not in 0..1");
    assert_fails(lead_topology_set_probability(copy, 0, NAN), LEAD_NUMERIC, "not in 0..1");
    lead_topology_free(copy);
    lead_topology_free(topology);
    assert_fails(lead_topology_read(test_file("p1.csv", "src,dst,capacity_kbps,probability\n"
                                                        "a,b,1,0.1\nb,a,1,0.2\n"),
                                    0, &back),
                 LEAD_FORMAT,
                 "p1.csv: links a-b and b-a fail together, but are down with probabilities 0.1 and "
                 "0.2");
    assert_fails(lead_topology_read(test_file("p2.csv", "src,dst,capacity_kbps,prob_fail\n"
                                                        "a,b,1,-0.1\n"),
                                    0, &back),
                 LEAD_NUMERIC, "p2.csv:2: link a-b: probability -0.1 is not in 0..1");
    assert_fails(
        lead_topology_read(test_file("p3.csv", "src,dst,capacity_kbps,risk_group,prob_fail\n"
                                               "a,b,1,3,0.1\nb,c,1,3,\nc,a,1,3,0.3\n"),
                           0, &back),
        LEAD_FORMAT, "fail together");
}

static void undirected_edges_go_both_ways(void **state) {
    (void)state;
    lead_topology *topology;
    const char *path = test_file("u.gml", "graph [ node [ id 0 label \"x\" Longitude 0 Latitude 0 "
                                          "] node [ id 1 label \"y\" Longitude 1 Latitude 0 ]\n"
                                          "edge [ source 0 target 1 LinkSpeedRaw 1e9 ] ]\n");
    assert_ok(lead_topology_read(path, 0, &topology));
    assert_int_equal(lead_topology_link_count(topology), 2);
    assert_near(lead_topology_link(topology, 0)->capacity, 1e9, 0);
    assert_near(lead_topology_link(topology, 0)->delay, 111195 / 2e8,
                1e-6); /* one degree on the equator */
    lead_topology_free(topology);
}

static void tms_come_back(void **state) {
    (void)state;
    static const char *const formats[] = {"tm.csv", "tm.csv.gz", "tms/"};
    const char *const names[] = {"a", "b", "c"};
    lead_tm_series *series, *back;
    double tm[9] = {0, 1e6, 2.5e6, 3e3, 0, 0, 4e9, 123456000, 0};
    assert_ok(lead_tm_series_alloc(3, names, &series));
    assert_ok(lead_tm_series_append(series, 1090281600, tm));
    tm[1] = 7e6;
    assert_ok(lead_tm_series_append(series, 1090281900, tm));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const char *path = test_path(formats[i]);
        assert_ok(lead_tm_series_write(series, path));
        assert_ok(lead_tm_series_read(path, NULL, &back));
        assert_int_equal(lead_tm_series_length(back), 2);
        assert_true(lead_tm_series_time(back, 1) == 1090281900);
        for (int od = 0; od < 9; od++)
            assert_near(lead_tm_series_tm(back, 1)[od], tm[od], 1e-6 * tm[od]);
        lead_tm_series_free(back);
    }
    lead_tm_reading part = {.from = 1090281700};
    assert_ok(lead_tm_series_read(test_path("tm.csv"), &part, &back));
    assert_int_equal(lead_tm_series_length(back), 1);
    lead_tm_series_free(back);
    lead_tm_series_free(series);
}

/* DOTE's and FIGRET's folders: lines of numbers, no times, no unit; train/, then test/, by number.
 */
static void hist_folders_are_read(void **state) {
    (void)state;
    static const struct {
        const char *file, *text;
    } files[] = {{"dote/train/10.hist", "0 3 4 0\n"},
                 {"dote/train/2.hist", "0 1 2 0\n\n0 2 3 0 \n"},
                 {"dote/test/1.hist", "0 4 5e0 0\n"}};
    static const struct {
        const char *text, *message;
        lead_status status;
    } bad[] = {
        {"1 2 3\n", "bad.hist:1: 3 numbers are no square", LEAD_FORMAT},
        {"0 1 2 0\n0 1 2\n", "bad.hist:2: 3 numbers where a TM of 2 nodes has 4", LEAD_FORMAT},
        {"0 1 2 x\n", "bad.hist:1: \"x\" is no number", LEAD_FORMAT},
        {"0 1 -2 0\n", "bad.hist:1: ", LEAD_NUMERIC},
        {"\n", "bad.hist: there is no TM in it", LEAD_FORMAT}};
    lead_tm_reading reading = {.unit = 1e6, .step = 300, .from = INT64_MIN};
    lead_tm_series *series, *back;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char folder[200];
        const char *path = test_path(files[i].file);
        snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
        assert_ok(lead_directory_make(folder));
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(files[i].text, file);
        fclose(file);
    }
    assert_ok(lead_tm_series_read(test_path("dote"), &reading, &series));
    assert_int_equal(lead_tm_series_length(series), 4);
    assert_int_equal(lead_tm_series_step(series), 300);
    assert_true(lead_tm_series_time(series, 0) == 0);
    for (int i = 0; i < 4; i++) {
        assert_near(lead_tm_series_tm(series, i)[1], 1e6 * (i + 1), 0);
        assert_near(lead_tm_series_tm(series, i)[2], 1e6 * (i + 2), 0);
    }
    assert_ok(lead_tm_series_write(series, test_path("all.hist")));
    lead_tm_reading bits = {.unit = 1, .step = 300, .from = 600, .to = 1000};
    assert_ok(lead_tm_series_read(test_path("all.hist"), &bits, &back));
    assert_int_equal(lead_tm_series_length(back), 2);
    assert_memory_equal(lead_tm_series_tm(back, 0), lead_tm_series_tm(series, 2),
                        4 * sizeof(double));
    lead_tm_series_free(back);
    lead_tm_series_free(series);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(lead_tm_series_read(test_file("bad.hist", bad[i].text), &reading, &back),
                     bad[i].status, bad[i].message);
    reading.unit = 0;
    assert_fails(lead_tm_series_read(test_path("all.hist"), &reading, &back), LEAD_INVALID,
                 "states no unit: state it");
    reading.unit = 1;
    reading.step = 0;
    assert_fails(lead_tm_series_read(test_path("all.hist"), &reading, &back), LEAD_INVALID,
                 "states no times: state how far");
}

static void demands_come_back(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_tm_reading reading = {.topology = topology};
    lead_tm_series *series, *back;
    const char *path =
        test_file("d.demands", "DEMANDS 2\nlabel src dest bw\nx 0 3 10\ny 1 2 2.5\n");
    assert_ok(lead_tm_series_read(path, &reading, &series));
    assert_near(lead_tm_series_tm(series, 0)[3], 10e3, 0);
    assert_near(lead_tm_series_tm(series, 0)[6], 2.5e3, 0);
    assert_ok(lead_tm_series_write(series, test_path("e.demands")));
    assert_ok(lead_tm_series_read(test_path("e.demands"), &reading, &back));
    assert_near(lead_tm_series_tm(back, 0)[6], 2.5e3, 0);
    assert_fails(lead_tm_series_read(path, NULL, &back), LEAD_INVALID, "topology");
    lead_tm_series_free(series);
    lead_tm_series_free(back);
    lead_topology_free(topology);
}

/* Inputs that are wrong, and what must stand in the message after the path. */
typedef struct bad_input {
    const char *name, *text, *message;
    lead_status status;
} bad_input;

static void bad_topologies_are_told(void **state) {
    (void)state;
    static const bad_input inputs[] = {
        {"1.csv", "", ":1: the file is empty", LEAD_FORMAT},
        {"2.csv", "src,dst,capacity_kbps\na,b,-5\n", ":2: link a-b: capacity -5000", LEAD_NUMERIC},
        {"3.csv", "src,dst,capacity_kbps\na,b,inf\n", ":2: capacity_kbps \"inf\"", LEAD_FORMAT},
        {"4.csv", "src,dst,capacity_kbps\na,b,1\nb,a,1\na,b,2\n", ":4: link a-b is there twice",
         LEAD_FORMAT},
        {"5.csv", "src,dst,capacity_kbps\na,b,\n", ":2: link a-b has no capacity", LEAD_FORMAT},
        {"6.csv", "src,dst,capacity_kbps\na\n", ":2: a link needs", LEAD_FORMAT},
        {"8.csv", "source,target,speed\n",
         ":1: the first line needs src,dst,capacity_kbps and may have "
         "igp_weight,delay_s,risk_group,probability,"
         "name, with commas between; missing: capacity_kbps; not known: speed",
         LEAD_FORMAT},
        {"8a.csv", "src,source,dst,weight\n", "missing: capacity_kbps; more than once: src",
         LEAD_FORMAT},
        {"8b.csv", "src,dst,capacity_kbps,igp_weight\na,b,1,0\n", ":2: weight 0 is not positive",
         LEAD_FORMAT},
        {"8c.csv", "src,dst,capacity\na,b,1 Gbyte\n", ":2: capacity \"1 Gbyte\" is not",
         LEAD_FORMAT},
        {"8d.csv", "src,dst,capacity\n\"a,b,1\n", ":2: a quote is not closed", LEAD_FORMAT},
        {"8e.csv", "src,dst,capacity\n\"a\"x,b,1\n", ":2: \"x,b,1\" follows a closed quote",
         LEAD_FORMAT},
        {"8f.csv", "src,dst,capacity\nZ\xfcrich,b,1\n", ":2: node name \"Z\\xfcrich\" is not UTF-8",
         LEAD_INVALID},
        {"9.csv", "src,dst,capacity_kbps,igp_weight,delay_s,risk_group\na,b,1,1,1,1,1\n",
         ":2: more fields", LEAD_FORMAT},
        {"9a.csv", "src,dst,capacity_kbps,igp_weight,delay_s,risk_group\na,b,1,1,1,-1\n",
         ":2: risk group -1 is not", LEAD_FORMAT},
        {"10.csv", "src,dst,capacity_kbps\n", ":1: there are no nodes", LEAD_FORMAT},
        {"1.graph", "", "expected \"NODES", LEAD_FORMAT},
        {"2.graph", "NODES 2\nlabel x y\na 0 0\n", "ends before", LEAD_FORMAT},
        {"3.graph",
         "NODES 1\nlabel x y\na 0 0\n\nEDGES 1\nlabel src dest weight bw delay\ne 0 5 1 1 1\n",
         ":7: node index 5", LEAD_INVALID},
        {"4.graph", "NODES 1\nlabel x y\na b 0\n", ":3: place", LEAD_FORMAT},
        {"5.graph", "NODES 2\nlabel x y\na 0 0\na 1 1\n", ":4: node \"a\" is there twice",
         LEAD_INVALID},
        {"6.graph", "NODES -1\nlabel x y\n", ":1: expected", LEAD_FORMAT},
        {"7.graph",
         "NODES 2\nlabel x y\na 0 0\nb 0 0\n\nEDGES 1\nlabel src dest weight bw delay\ne 0 1 0 1 "
         "1\n",
         ":8: weight 0 is not positive", LEAD_FORMAT},
        {"8.graph",
         "NODES 2\nlabel x y\na 0 0\nb 0 0\n\nEDGES 1\nlabel src dest weight bw delay\ne 0 1 1 0 "
         "1\n",
         ":8: bw is 0", LEAD_FORMAT},
        {"9.graph",
         "NODES 2\nlabel x y\na 0 0\nb 0 0\n\nEDGES 1\nlabel src dest weight bw delay\ne 0 1 1 1 "
         "1\ne 1 0 1 1 1\n",
         ":9: a row beyond the 1 of \"EDGES 1\"", LEAD_FORMAT},
        {"10.graph",
         "NODES 2\nlabel x y\na 0 0\nb 0 0\n\nEDGES 1\nlabel src dest weight delay bw\ne 0 1 1 1 "
         "1\n",
         ":7: the columns are not \"label src dest weight bw delay\"", LEAD_FORMAT},
        {"1.xml", "<network><networkStructure>", ":1: ", LEAD_FORMAT},
        {"2.xml", "<html/>", ":1: the root element", LEAD_FORMAT},
        {"3.xml",
         "<network>\n<networkStructure><nodes><node id='a'/><node id='b'/></nodes>\n<links>\n<link "
         "id='l'><source>a</source><target>b</target><preInstalledModule><capacity>1</capacity></"
         "preInstalledModule></link></links></networkStructure></network>",
         ":1: no <unit> is stated for the capacities; state it", LEAD_FORMAT},
        {"4.xml",
         "<network><meta><unit>MBITPERSEC</unit></meta>\n<networkStructure><nodes><node "
         "id='a'/><node id='b'/></nodes>\n<links>\n<link "
         "id='l'><source>a</source><target>b</target></link></links></networkStructure></network>",
         ":4: the link has no installed capacity", LEAD_FORMAT},
        {"5.xml",
         "<network><meta><unit>MBITPERSEC</unit></meta>\n<networkStructure><nodes><node "
         "id='a'/></nodes>\n<links>\n<link "
         "id='l'><source>a</source><target>z</target></link></links></networkStructure></network>",
         ":4: node \"z\" is not known", LEAD_FORMAT},
        {"1.yaml", "", ":1: ", LEAD_FORMAT},
        {"2.yaml", "nodes:\n  - { name: a }\nlinks:\n  - { from: a, to: b, capacity: 1 Gbit/s }\n",
         ":4: links[0]: node \"b\"", LEAD_FORMAT},
        {"3.yaml",
         "nodes:\n  - { name: a }\n  - { name: b }\nlinks:\n  - { from: a, to: b, capacity: 1 "
         "Gbyte }\n",
         ":5: links[0]: \"1 Gbyte\"", LEAD_FORMAT},
        {"4.yaml", "nodes:\n  - { name: a, colour: red }\nlinks: []\n", ":2: ", LEAD_FORMAT},
        {"5.yaml", "nodes: [\n", ":", LEAD_FORMAT},
        {"6.yaml", "nodes: [{name: a, longitude: 500, latitude: 1}]\nlinks: []\n",
         ":1: nodes[0]: node a: 500 1 is no longitude", LEAD_NUMERIC},
        {"7.yaml", "nodes: [{name: a, longitude: 5}]\nlinks: []\n",
         ":1: nodes[0]: longitude and latitude go together", LEAD_FORMAT},
        {"1.gml", "graph [ node [ id 0 ] node [ id 1 ]\n edge [ source 0 target 1 ] ]",
         ":2: edge 0-1 has no capacity and no LinkSpeedRaw", LEAD_FORMAT},
        {"2.gml", "graph [\n node [ id 0", ":2: a [ is not closed", LEAD_FORMAT},
        {"3.gml", "", ":1: the file is empty", LEAD_FORMAT},
        {"4.gml", "graph [ ] ]", ":1: a ] closes nothing", LEAD_FORMAT},
        {"5.gml", "Creator \"x\"\n", ":2: there is no graph", LEAD_FORMAT},
        {"6.gml", "graph [ node [ id 0 label \"a ] ]", ":1: a quote is not closed", LEAD_FORMAT},
        {"7.gml", "graph [ node [ id 0 ]\n node [ id 0 ] ]", ":2: node \"0\" is there twice",
         LEAD_INVALID},
        {"8.gml", "graph [ node [ id 0 ]\n edge [ source 0 target 7 ] ]",
         ":2: the edge's target \"7\" is no node", LEAD_FORMAT},
        {"9.gml", "graph [ directed 2 ]", "directed \"2\" is neither", LEAD_FORMAT},
        {"10.gml", "graph [ node [ label \"a\" ] ]", ":1: the node has no id", LEAD_FORMAT},
        {"1.graphml", "<graphml><graph", ":", LEAD_FORMAT},
        {"2.graphml", "<graphml/>", ":1: <graphml> has no <graph>", LEAD_FORMAT},
        {"3.graphml", "<graphml>\n<graph><node id='a'><data key='d'/></node></graph></graphml>",
         ":2: <data> has the key \"d\"", LEAD_FORMAT},
        {"4.graphml", "<graphml>\n<graph edgedefault='both'/></graphml>", ":2: edgedefault",
         LEAD_FORMAT},
        {"1.txt", "x", "no topology format", LEAD_INVALID},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        lead_topology *topology = NULL;
        const char *path = test_file(inputs[i].name, inputs[i].text);
        lead_status status = lead_topology_read(path, 0, &topology);
        if (status != inputs[i].status || !strstr(lead_last_message(), inputs[i].message) ||
            !strstr(lead_last_message(), path))
            fail_msg("%s: %s \"%s\", wanted %s \"%s\"", inputs[i].name, lead_status_name(status),
                     lead_last_message(), lead_status_name(inputs[i].status), inputs[i].message);
    }
}

static void bad_tms_are_told(void **state) {
    (void)state;
    static const bad_input inputs[] = {
        {"1.csv", "", ":1: the file is empty", LEAD_FORMAT},
        {"2.csv", "time,a>b,b>c,c>a,a>b\n",
         ":1: 3 pairs of the 3 nodes have no column and 1 have more than one: a>b, a>c, b>a, c>b",
         LEAD_FORMAT},
        {"3.csv", "a>b,b>a\n", ":1: no column holds the time", LEAD_FORMAT},
        {"4.csv", "when,a>b,b>a,total\n",
         ":1: which column holds the time? Name one of them time: \"when\", \"total\"",
         LEAD_FORMAT},
        {"4a.csv", "time,demand\n", ":1: the header has no columns SOURCE>DESTINATION",
         LEAD_FORMAT},
        {"4b.csv", "time,src,dst,bytes\n", ":1: rows of time,src,dst,value; missing: value",
         LEAD_FORMAT},
        {"4c.csv", "time,src,dst,value\n2004-01-01,a,b,1\n2004-01-01,a,b,2\n",
         ":3: the same time and pair as in line 2", LEAD_FORMAT},
        {"4d.csv", "time,src,dst,value\n2004-01-01,a,,1\n", ":2: a row needs time, src, dst",
         LEAD_FORMAT},
        {"5.csv", "time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,1,2\n",
         ":2: 4 values where 5 belong", LEAD_FORMAT},
        {"6.csv", "time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,1,2,3,4\n",
         ":2: more than 5 values", LEAD_FORMAT},
        {"7.csv", "time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,-1,2,3\n",
         ":2: column 3: demand -1 is negative", LEAD_FORMAT},
        {"8.csv", "time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,inf,2,3\n", ":2: column 3: \"inf\"",
         LEAD_FORMAT},
        {"8a.csv", "time;a>b;b>a\n2004-01-01;1;2,5\n",
         ":2: column 3: \"2,5\" is not a number (write 1.5 for 1,5", LEAD_FORMAT},
        {"8b.csv", "time;a>b;b>a\n2004-01-01,1,2\n", ":2: 1 values where 3 belong", LEAD_FORMAT},
        {"8c.csv", "time\tsrc\tdst\tvalue\n2004-01-01\ta\tb\t1,000\n",
         ":2: column 4: \"1,000\" is not a number (write", LEAD_FORMAT},
        {"9.csv",
         "time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,1,2,3\n2004-01-01T00:00:00Z,0,1,2,3\n",
         ":3: time 2004-01-01T00:00:00Z does not come after", LEAD_INVALID},
        {"10.csv", "time,a>a,a>b,b>a,b>b\nyesterday,0,1,2,3\n", ":2: \"yesterday\"", LEAD_FORMAT},
        {"10a.csv", "time,a>a,a>b,b>a,b>b\n1709251200000,0,1,2,3\n",
         ":2: \"1709251200000\" looks like milliseconds: write seconds, 1709251200", LEAD_FORMAT},
        {"10b.csv", "time,src,dst,value\n01/03/2024 00:05,a,b,1\n",
         ":2: \"01/03/2024 00:05\" has its year at the end: write 2024-03-01 or 2024-01-03",
         LEAD_FORMAT},
        {"11.csv", "time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,1e400,2,3\n",
         ":2: column 3: \"1e400\"", LEAD_FORMAT},
        {"1.xml",
         "<network><meta><unit>MBITPERSEC</unit></meta><networkStructure><nodes><node "
         "id='a'/><node "
         "id='b'/></nodes></networkStructure>\n<demands>\n<demand><source>a</source><target>b</"
         "target><demandValue>-1</demandValue></demand></demands></network>",
         ":3: the demand is negative", LEAD_FORMAT},
        {"2.xml",
         "<network><networkStructure><nodes><node "
         "id='a'/></nodes></networkStructure><demands/></network>",
         "no <unit>", LEAD_FORMAT},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        lead_tm_series *series = NULL;
        const char *path = test_file(inputs[i].name, inputs[i].text);
        lead_status status = lead_tm_series_read(path, NULL, &series);
        if (status != inputs[i].status || !strstr(lead_last_message(), inputs[i].message) ||
            !strstr(lead_last_message(), path))
            fail_msg("%s: %s \"%s\", wanted %s \"%s\"", inputs[i].name, lead_status_name(status),
                     lead_last_message(), lead_status_name(inputs[i].status), inputs[i].message);
    }
}

static void bad_demands_are_told(void **state) {
    (void)state;
    static const bad_input inputs[] = {
        {"1.demands", "DEMANDS 1\nlabel src dest bw\nx 0 9 1\n", ":3: \"0 9\"", LEAD_FORMAT},
        {"2.demands", "DEMANDS 1\nlabel src dest bw\nx 0 1 -1\n", ":3: demand \"-1\"", LEAD_FORMAT},
        {"2a.demands", "DEMANDS 1\nlabel src dest bw\nx 0 1 1\nx 1 0 1\n",
         ":4: a row beyond the 1 of", LEAD_FORMAT},
        {"2b.demands", "DEMANDS 1\nlabel dest src bw\nx 0 1 1\n", ":2: the columns are not",
         LEAD_FORMAT},
        {"3.demands", "DEMANDS 2\nlabel src dest bw\nx 0 1 1\n", "ends before", LEAD_FORMAT},
        {"4.demands", "NODES 2\n", ":1: expected \"DEMANDS", LEAD_FORMAT},
    };
    lead_topology *topology = test_diamond();
    lead_tm_reading reading = {.topology = topology};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        lead_tm_series *series = NULL;
        assert_fails(
            lead_tm_series_read(test_file(inputs[i].name, inputs[i].text), &reading, &series),
            inputs[i].status, inputs[i].message);
    }
    lead_topology_free(topology);
}

static void truncated_gzip_is_told_with_its_line(void **state) {
    (void)state;
    const char *const names[] = {"a", "b"};
    lead_tm_series *series, *back = NULL;
    assert_ok(lead_tm_series_alloc(2, names, &series));
    for (int i = 0; i < 5000; i++) {
        double tm[4] = {0, 1000.0 * (i * 7919 % 1000), 1000.0 * (i * 104729 % 997), 0};
        assert_ok(lead_tm_series_append(series, 300 * i, tm));
    }
    const char *path = test_path("whole.csv.gz");
    assert_ok(lead_tm_series_write(series, path));
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(truncate(path, about.st_size / 2), 0);
    assert_fails(lead_tm_series_read(path, NULL, &back), LEAD_FORMAT, "damaged or truncated gzip");
    assert_null(back);
    lead_tm_series_free(series);
}

static void quantities(void **state) {
    (void)state;
    double value;
    assert_ok(lead_quantity_parse("9.92 Gbit/s", LEAD_QUANTITY_RATE, &value));
    assert_near(value, 9.92e9, 1);
    assert_ok(lead_quantity_parse("300 s", LEAD_QUANTITY_TIME, &value));
    assert_near(value, 300, 0);
    assert_ok(lead_quantity_parse("250ms", LEAD_QUANTITY_TIME, &value));
    assert_near(value, 0.25, 1e-15);
    assert_ok(lead_quantity_parse("42", LEAD_QUANTITY_SIZE, &value));
    assert_near(value, 42, 0);
    assert_fails(lead_quantity_parse("300 s", LEAD_QUANTITY_RATE, &value), LEAD_FORMAT,
                 "\"300 s\" is not a rate");
    assert_fails(lead_quantity_parse("", LEAD_QUANTITY_TIME, &value), LEAD_FORMAT, "is not a time");
    assert_fails(lead_quantity_parse("1e999 s", LEAD_QUANTITY_TIME, &value), LEAD_FORMAT,
                 "is not a time");
}

static void the_real_files_are_read(void **state) {
    (void)state;
    static const struct {
        const char *file;
        int nodes, links;
        double capacity;
    } known[] = {{"abilene-links.csv", 12, 30, 0},
                 {"geant-links.csv", 23, 74, 0},
                 {"repetita/Colt.graph", 153, 382, 0},
                 {"repetita/rf1239_real_hard.graph", 315, 1944, 0},
                 {"topology/sndlib-abilene.xml", 12, 30, 0},
                 {"topology/sndlib-germany50.xml", 50, 176, 40e9},
                 {"topology/topology-zoo-Abilene.graphml", 11, 28, 10e9}};
    if (!test_data(known[0].file))
        skip();
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        lead_topology *topology;
        assert_ok(lead_topology_read(test_data(known[i].file),
                                     &(lead_topology_reading){.capacity = known[i].capacity},
                                     &topology));
        assert_int_equal(lead_topology_node_count(topology), known[i].nodes);
        assert_int_equal(lead_topology_link_count(topology), known[i].links);
        lead_topology_free(topology);
    }
    lead_tm_series *series;
    assert_ok(lead_tm_series_read(test_data("geant-tm.csv.gz"), NULL, &series));
    assert_int_equal(lead_tm_series_length(series), 8016);
    assert_int_equal(lead_tm_series_node_count(series), 23);
    assert_int_equal(lead_tm_series_step(series), 900);
    lead_tm_series_free(series);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(topologies_come_back),
                                       cmocka_unit_test(risk_groups_come_back),
                                       cmocka_unit_test(probabilities_come_back),
                                       cmocka_unit_test(undirected_edges_go_both_ways),
                                       cmocka_unit_test(tms_come_back),
                                       cmocka_unit_test(demands_come_back),
                                       cmocka_unit_test(hist_folders_are_read),
                                       cmocka_unit_test(bad_topologies_are_told),
                                       cmocka_unit_test(bad_tms_are_told),
                                       cmocka_unit_test(bad_demands_are_told),
                                       cmocka_unit_test(truncated_gzip_is_told_with_its_line),
                                       cmocka_unit_test(quantities),
                                       cmocka_unit_test(the_real_files_are_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
