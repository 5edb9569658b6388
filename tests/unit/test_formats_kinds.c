/* formats: whole kinds of files. Write, read and compare over every pair of formats; a field that
 * is there and cannot be read; directions; names; times; the shapes of CSV. */
#include "support.h"
#include <lead/formats.h>

/* --- what was said ---------------------------------------------------------------------------- */

static char said[4000];

static void keep_line(lead_log_level level, const char *line, void *data) {
    (void)level, (void)data;
    snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", line);
}

static int start_listening(void **state) {
    (void)state;
    said[0] = '\0';
    lead_log_set_sink(keep_line, NULL);
    return 0;
}

static int stop_listening(void **state) {
    (void)state;
    lead_log_set_sink(NULL, NULL);
    return 0;
}

#define assert_said(part)                                                                          \
    do {                                                                                           \
        if (!strstr(said, part))                                                                   \
            fail_msg("\"%s\" was not said, but \"%s\"", part, said);                               \
    } while (0)

/* --- around every pair of formats ------------------------------------------------------------- */

/* What a network has that some format has no room for; its word in the warning. */
enum { WEIGHTS = 1, DELAYS = 2, GROUPS = 4, LABELS = 8, PARTS = 4 };
static const char *const words[PARTS] = {"weights", "delays", "risk groups", "link names"};

static const struct {
    const char *ending;
    int lacks;
} formats[] = {{".yaml", 0},
               {".csv", 0},
               {".graph", GROUPS | LABELS},
               {".xml", WEIGHTS | DELAYS | GROUPS | LABELS},
               {".graphml", 0},
               {".gml", 0},
               {".json", 0}};

enum { FORMATS = sizeof formats / sizeof *formats };

typedef struct edge {
    int from, to;
    double capacity, weight, delay;
    int group;
    const char *label;
} edge;

/* Networks by what is odd about them. `refused`: the endings that must not take them, in "";
 * `changed`: what may come back otherwise in which format. */
static const struct {
    const char *what, *names[4], *refused;
    edge edges[8];
} networks[] = {
    {"plain",
     {"A", "B", "C"},
     "",
     {{0, 1, 1e9, 1, 5e-3, 0, NULL},
      {1, 0, 1e9, 1, 5e-3, 0, NULL},
      {1, 2, 1e10, 5, 1e-3, 0, NULL},
      {2, 1, 1e10, 5, 1e-3, 0, NULL},
      {0, 2, 1e10, 5, 1e-3, 0, NULL},
      {2, 0, 1e10, 5, 1e-3, 0, NULL}}},
    {"no weights",
     {"A", "B", "C"},
     "",
     {{0, 1, 1e9, 0, 0, 0, NULL},
      {1, 0, 1e9, 0, 0, 0, NULL},
      {1, 2, 1e10, 0, 0, 0, NULL},
      {2, 1, 1e10, 0, 0, 0, NULL},
      {0, 2, 1e10, 0, 0, 0, NULL},
      {2, 0, 1e10, 0, 0, 0, NULL}}},
    {"risk groups",
     {"A", "B", "C"},
     "",
     {{0, 1, 1e9, 1, 0, 1, NULL},
      {1, 0, 1e9, 1, 0, 1, NULL},
      {1, 2, 1e9, 1, 0, 1, NULL},
      {2, 1, 1e9, 1, 0, 1, NULL},
      {0, 2, 3e8, 1, 0, 2, NULL},
      {2, 0, 3e8, 1, 0, 2, NULL}}},
    {"parallel links",
     {"A", "B", "C"},
     "",
     {{0, 1, 1e9, 1, 0, 0, NULL},
      {1, 0, 1e8, 1, 0, 0, NULL},
      {1, 0, 1e9, 1, 0, 0, NULL},
      {0, 1, 1e8, 1, 0, 0, NULL},
      {1, 2, 1e9, 1, 0, 0, NULL},
      {2, 1, 1e9, 1, 0, 0, NULL}}},
    {"named links",
     {"A", "B"},
     "",
     {{0, 1, 1e9, 1, 0, 0, "north, 1"},
      {1, 0, 1e9, 1, 0, 0, "north, 1"},
      {0, 1, 1e9, 1, 0, 0,
       "S\xc3\xbc"
       "d"},
      {1, 0, 1e9, 1, 0, 0,
       "S\xc3\xbc"
       "d"}}},
    {"directions of unlike capacity",
     {"A", "B", "C"},
     "",
     {{0, 1, 1e9, 1, 0, 0, NULL},
      {1, 0, 2e9, 1, 0, 0, NULL},
      {1, 2, 1e9, 1, 0, 0, NULL},
      {2, 1, 5e9, 1, 0, 0, NULL}}},
    {"one way round",
     {"A", "B", "C"},
     ".xml",
     {{0, 1, 1e9, 1, 0, 0, NULL}, {1, 2, 1e9, 1, 0, 0, NULL}, {2, 0, 1e9, 1, 0, 0, NULL}}},
    {"one way more",
     {"A", "B"},
     ".xml",
     {{0, 1, 1e9, 1, 0, 0, NULL}, {0, 1, 1e9, 1, 0, 0, NULL}, {1, 0, 1e9, 1, 0, 0, NULL}}},
    {"names of all kinds",
     {"St. Louis, \"MO\"", "Z\xc3\xbcrich & HB <1>", " Roma ", "17"},
     "",
     {{0, 1, 1e9, 1, 0, 0, NULL},
      {1, 0, 1e9, 1, 0, 0, NULL},
      {1, 2, 1e9, 1, 0, 0, NULL},
      {2, 1, 1e9, 1, 0, 0, NULL},
      {2, 3, 1e9, 1, 0, 0, NULL},
      {3, 2, 1e9, 1, 0, 0, NULL}}},
    {"a line end in a name",
     {"A", "a\nb"},
     ".csv.graph",
     {{0, 1, 1e9, 1, 0, 0, NULL}, {1, 0, 1e9, 1, 0, 0, NULL}}},
    {"a control in a name",
     {"A", "a\x01"
           "b"},
     ".xml.graphml",
     {{0, 1, 1e9, 1, 0, 0, NULL}, {1, 0, 1e9, 1, 0, 0, NULL}}},
    {"names alike without blanks",
     {"New York", "New_York"},
     ".graph",
     {{0, 1, 1e9, 1, 0, 0, NULL}, {1, 0, 1e9, 1, 0, 0, NULL}}},
    {"a node without links",
     {"A", "B", "C"},
     ".csv",
     {{0, 1, 1e9, 1, 0, 0, NULL}, {1, 0, 1e9, 1, 0, 0, NULL}}},
    {"a weight for some",
     {"A", "B"},
     ".graph",
     {{0, 1, 1e9, 1, 0, 0, NULL}, {1, 0, 1e9, 0, 0, 0, NULL}}},
    {"odd numbers",
     {"A", "B"},
     "",
     {{0, 1, 1e18, 1.0 / 3, 1e-7, 0, NULL}, {1, 0, 1e18, 2.5, 1.0 / 3, 0, NULL}}},
};

enum { NETWORKS = sizeof networks / sizeof *networks };

static lead_topology *make_network(int which) {
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int i = 0; i < 4 && networks[which].names[i]; i++)
        assert_ok(lead_topology_add_node(topology, networks[which].names[i], NULL));
    for (int i = 0; i < 8 && networks[which].edges[i].capacity > 0; i++) {
        const edge *at = &networks[which].edges[i];
        int index;
        lead_link link = {at->from, at->to, at->capacity, at->delay, at->weight, true, at->group};
        assert_ok(lead_topology_add_link(topology, link, &index));
        if (at->label)
            assert_ok(lead_topology_name_link(topology, index, at->label));
    }
    return topology;
}

/* Whether ".xml" stands in ".csv.xml" as a whole. */
static bool is_refused(const char *refused, const char *ending) {
    const char *at = strstr(refused, ending);
    return at && (at[strlen(ending)] == '.' || !at[strlen(ending)]);
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The links as sorted lines, without what `lacks` names; names as .graph makes them when `blanks`
 * are lost. */
static char *describe(const lead_topology *topology, int lacks, bool blanks) {
    int m = lead_topology_link_count(topology);
    char **lines = calloc((size_t)m, sizeof *lines), *all = calloc((size_t)m + 1, 700);
    for (int i = 0; i < m; i++) {
        const lead_link *link = lead_topology_link(topology, i);
        const char *label = lead_topology_link_label(topology, i);
        lines[i] = calloc(1, 700);
        snprintf(lines[i], 700, "%s>%s %.10g %.9g %.9g %d",
                 lead_topology_node_name(topology, link->source),
                 lead_topology_node_name(topology, link->destination), link->capacity,
                 lacks & WEIGHTS ? 0 : link->weight, lacks & DELAYS ? 0 : link->delay,
                 lacks & GROUPS ? 0 : link->risk_group);
        for (char *c = lines[i]; blanks && *c; c++)
            *c = *c == ' ' ? '_' : *c;
        if (label && !(lacks & LABELS) && !strchr(label, '#'))
            snprintf(lines[i] + strlen(lines[i]), 700 - strlen(lines[i]), " %s", label);
    }
    qsort(lines, (size_t)m, sizeof *lines, compare_lines);
    for (int i = 0; i < m; i++) {
        strcat(strcat(all, lines[i]), "\n");
        free(lines[i]);
    }
    free(lines);
    return all;
}

static double ecmp_mlu(const lead_topology *topology) {
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    double *weights = calloc((size_t)m, sizeof *weights), *loads = calloc((size_t)m, sizeof *loads),
           *tm = calloc((size_t)n * (size_t)n, sizeof *tm), mlu = 0;
    lead_routing *routing;
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_DEFAULT, weights));
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    tm[lead_topology_find_node(topology, lead_topology_node_name(topology, 0)) * n + 1] = 1e8;
    assert_ok(lead_routing_loads(routing, tm, loads));
    for (int i = 0; i < m; i++)
        mlu = fmax(mlu, loads[i] / lead_topology_link(topology, i)->capacity);
    lead_routing_free(routing);
    free(weights);
    free(loads);
    free(tm);
    return mlu;
}

/* Through a file; NULL where the format must refuse it and does. */
static lead_topology *through(const lead_topology *topology, int which, int format) {
    char name[40];
    lead_topology *back;
    snprintf(name, sizeof name, "n%d%s", which, formats[format].ending);
    const char *path = test_path(name);
    if (is_refused(networks[which].refused, formats[format].ending)) {
        assert_fails(lead_topology_write(topology, path), LEAD_UNAVAILABLE, path);
        assert_int_not_equal(access(path, F_OK), 0);
        return NULL;
    }
    assert_ok(lead_topology_write(topology, path));
    assert_ok(lead_topology_read(path, NULL, &back));
    return back;
}

/* What a format lacks and the network has was said. */
static void check_warnings(int which, int lacks) {
    static const int bits[PARTS] = {WEIGHTS, DELAYS, GROUPS, LABELS};
    for (int i = 0; i < PARTS; i++) {
        bool has = false;
        for (int e = 0; e < 8; e++) {
            const edge *at = &networks[which].edges[e];
            has = has || (bits[i] == WEIGHTS  ? at->weight > 0
                          : bits[i] == DELAYS ? at->delay > 0
                          : bits[i] == GROUPS ? at->group > 0
                                              : at->label != NULL);
        }
        char text[80];
        snprintf(text, sizeof text, "the format has no %s", words[i]);
        if (has && (lacks & bits[i]))
            assert_said(text);
        if ((!has || !(lacks & bits[i])) && bits[i] != LABELS) /* parallel links get labels */
            assert_null(strstr(said, text));
    }
}

static void check_same(const lead_topology *a, const lead_topology *b, int which, int lacks,
                       bool graph) {
    bool weightless = strcmp(networks[which].what, "no weights") == 0 && graph;
    int without = lacks | (weightless ? WEIGHTS : 0);
    char *one = describe(a, without, graph), *two = describe(b, without, graph);
    if (strcmp(one, two) != 0)
        fail_msg("%s:\n%s---\n%s", networks[which].what, one, two);
    assert_int_equal(lead_topology_node_count(a), lead_topology_node_count(b));
    free(one);
    free(two);
}

static void networks_come_back_through_every_pair_of_formats(void **state) {
    (void)state;
    for (int i = 0; i < NETWORKS; i++)
        for (int f = 0; f < FORMATS; f++) {
            lead_topology *first = make_network(i), *second = through(first, i, f);
            bool some = strcmp(networks[i].what, "a weight for some") == 0;
            for (int g = 0; second && g < FORMATS; g++) {
                if (some && (formats[f].lacks & WEIGHTS))
                    continue; /* without all weights .graph takes it */
                said[0] = '\0';
                lead_topology *third = through(second, i, g);
                int lacks = formats[f].lacks | formats[g].lacks;
                bool graph = strcmp(formats[f].ending, ".graph") == 0 ||
                             strcmp(formats[g].ending, ".graph") == 0;
                if (third)
                    check_same(first, third, i, lacks, graph);
                if (third && !some && !(lacks & WEIGHTS))
                    assert_near(ecmp_mlu(first), ecmp_mlu(third), 1e-9);
                if (third && formats[f].lacks == 0 && !some)
                    check_warnings(i, formats[g].lacks);
                lead_topology_free(third);
            }
            lead_topology_free(first);
            lead_topology_free(second);
        }
}

/* --- one file, what is made of it ------------------------------------------------------------- */

#define GML2(edges) "graph [ node [ id 0 label \"A\" ] node [ id 1 label \"B\" ]\n" edges " ]"
#define RING "graph [ directed 1 node [ id 1 ] node [ id 2 ] node [ id 3 ]\n"
#define XML2(meta, places, links)                                                                  \
    "<network><meta>" meta "</meta><networkStructure><nodes" places                                \
    "><node id='A'/><node id='B'/></nodes>\n<links>" links "</links></networkStructure></network>"
#define CABLE(from, to)                                                                            \
    "<link id='x'><source>" from "</source><target>" to "</target><preInstalledModule><capacity>"  \
    "100</capacity></preInstalledModule></link>"
#define GRAPHML2(keys, edges)                                                                      \
    "<graphml>" keys "<graph edgedefault='undirected'><node id='A'/><node id='B'/>\n" edges        \
    "</graph></graphml>"
#define KEY(id, name) "<key id='" id "' for='edge' attr.name='" name "' attr.type='string'/>"
#define DATA(id, value) "<data key='" id "'>" value "</data>"

/* In the shape of files of yEd: drawings under keys without a name. */
#define YED(nodes, edges)                                                                          \
    "<graphml xmlns='http://graphml.graphdrawing.org/xmlns' "                                      \
    "xmlns:y='http://www.yworks.com/xml/graphml'>\n"                                               \
    "<key for='port' id='d0' yfiles.type='portgraphics'/>"                                         \
    "<key attr.name='name' attr.type='string' for='node' id='d4'/>"                                \
    "<key for='node' id='d6' yfiles.type='nodegraphics'/>"                                         \
    "<key attr.name='capacity' for='edge' id='d8'/>"                                               \
    "<key for='edge' id='d10' yfiles.type='edgegraphics'/>"                                        \
    "<graph edgedefault='directed' id='G'>" nodes edges "</graph></graphml>"
#define DRAWN(id, more, label)                                                                     \
    "<node id='" id "'>" more "<data key='d6'><y:ShapeNode><y:Geometry x='3' y='4'/>" label        \
    "<y:Shape type='rectangle'/></y:ShapeNode></data></node>\n"
#define LABEL(text)                                                                                \
    "<y:NodeLabel alignment='center'>" text                                                        \
    "<y:LabelModel><y:SmartNodeLabelModel distance='4.0'/></y:LabelModel>\n</y:NodeLabel>"
#define LINE(capacity, label)                                                                      \
    "<edge source='n0' target='n1'>" capacity                                                      \
    "<data key='d10'><y:PolyLineEdge><y:EdgeLabel>" label                                          \
    "</y:EdgeLabel></y:PolyLineEdge></data></edge>"

/* What a file gives: links, and capacity, weight and delay of the first (weight and delay -1: not
 * looked at); or what the message says. */
static const struct {
    const char *name, *text, *fails;
    lead_topology_reading reading;
    int links;
    double capacity, weight, delay;
} files[] = {
    /* capacities */
    {"speed.gml",
     GML2("edge [ source 0 target 1 LinkSpeed \"100\" LinkSpeedUnits \"M\" ]"),
     NULL,
     {.unit = 0},
     2,
     1e8,
     0,
     0},
    {"speeds.gml",
     GML2("edge [ source 0 target 1 LinkSpeed 2.5 LinkSpeedUnits \"Gbps\" ]"),
     NULL,
     {.unit = 0},
     2,
     2.5e9,
     0,
     0},
    {"range.gml",
     GML2("edge [ source 0 target 1 LinkSpeed \"1-10\" LinkSpeedUnits \"G\" ]"),
     ":2: edge A-B: LinkSpeed \"1-10\" cannot be read",
     {.capacity = 4e10},
     0,
     0,
     0,
     0},
    {"unitless.gml",
     GML2("edge [ source 0 target 1 LinkSpeed \"155\" ]"),
     "LinkSpeed without LinkSpeedUnits \"155\"",
     {.capacity = 4e10},
     0,
     0,
     0,
     0},
    {"text.gml",
     GML2("edge [ source 0 target 1 capacity \"10 Gbit/s\" ]"),
     NULL,
     {.capacity = 4e10},
     2,
     1e10,
     0,
     0},
    {"word.gml",
     GML2("edge [ source 0 target 1 capacity \"fast\" ]"),
     ":2: edge A-B: capacity \"fast\" cannot be read",
     {.capacity = 4e10},
     0,
     0,
     0,
     0},
    {"nan.gml",
     GML2("edge [ source 0 target 1 capacity NAN ]"),
     NULL,
     {.capacity = 4e10},
     2,
     4e10,
     0,
     0},
    {"places.gml",
     "graph [ node [ id 0 lat NaN lon 3 ] node [ id 1 ] edge [ source 0 target 1 capacity 1 weight "
     "NaN ] ]",
     NULL,
     {.unit = 0},
     2,
     1,
     0,
     0},
    {"suffix.gml",
     GML2("edge [ source 0 target 1 capacity_mbps 7 delay_ms 5 igp_weight 3 ]"),
     NULL,
     {.capacity = 4e10},
     2,
     7e6,
     3,
     5e-3},
    {"raw.gml",
     GML2("capacity_unit \"Mbps\" edge [ source 0 target 1 LinkSpeedRaw 7 ]"),
     NULL,
     {.unit = 1e6},
     2,
     7,
     0,
     0},
    {"metres.gml",
     GML2("distance_unit \"m\" edge [ source 0 target 1 capacity 1 length 2000 ]"),
     NULL,
     {.unit = 0},
     2,
     1,
     0,
     1e-5},
    {"latency.gml",
     GML2("edge [ source 0 target 1 capacity 1 latency 5 cost 3 ]"),
     NULL,
     {.unit = 0},
     2,
     1,
     0,
     0},
    {"twice.xml",
     XML2("<unit>MBITPERSEC</unit>", "",
          "<link "
          "id='x'><source>A</source><target>B</target><preInstalledModule><capacity>1</capacity>"
          "</preInstalledModule><preInstalledModule><capacity>2</capacity></preInstalledModule></"
          "link>"),
     ":2: <preInstalledModule> is there twice",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"default.csv", "SRC,Dst,igp_weight\na,b,NaN\n", NULL, {.capacity = 4e10}, 1, 4e10, 0, 0},
    {"zero.gml",
     GML2("edge [ source 0 target 1 capacity 0 ] edge [ source 0 target 1 capacity 7 ]"),
     NULL,
     {.capacity = 4e10},
     2,
     7,
     0,
     0},
    {"zero.graphml",
     GRAPHML2(KEY("a", "capacity"),
              "<edge source='A' target='B'>" DATA("a", "0") "</edge>"
                                                            "<edge source='A' target='B'>" DATA(
                                                                "a", "7") "</edge>"),
     NULL,
     {.unit = 0},
     2,
     7,
     0,
     0},
    {"zero.csv", "src,dst,capacity_kbps\na,b,0\nb,a,7\n", NULL, {.unit = 0}, 1, 7e3, 0, 0},
    {"zero.xml",
     XML2("<unit>MBITPERSEC</unit>", "",
          "<link id='x'><source>A</source><target>B</target><preInstalledModule>"
          "<capacity>0</capacity></preInstalledModule></link>"
          "<link id='y'><source>A</source><target>B</target><preInstalledModule>"
          "<capacity>7</capacity></preInstalledModule></link>"),
     NULL,
     {.unit = 0},
     2,
     7e6,
     0,
     0},
    {"zero.yaml",
     "nodes: [{name: a}, {name: b}]\nlinks: [{from: a, to: b, capacity: 0}, {from: b, to: a, "
     "capacity: 7}]\n",
     NULL,
     {.unit = 0},
     1,
     7,
     0,
     0},
    {"less.csv", "src,dst,capacity_kbps\na,b,-1\n", "is not positive", {.unit = 0}, 0, 0, 0, 0},
    {"part.yaml",
     "nodes: [{name: a, longitude: 1, latitude: 2}, {name: b}]\n"
     "links: [{from: a, to: b, capacity: 7, both: true}]\n",
     NULL,
     {.unit = 0},
     2,
     7,
     0,
     0},
    {"topohub.json",
     "{\"directed\": false, \"multigraph\": false, \"graph\": {\"capacity_unit\": \"Gbps\", "
     "\"demands\": {}},\n\"nodes\": [{\"name\": \"Oslo\", \"pos\": [10.7, 59.9], \"id\": 4}, "
     "{\"id\": \"7\"}],\n\"edges\": [{\"dist\": 300, \"ecmp_fwd\": {\"uni\": 1}, "
     "\"capacity\": 10, \"source\": 4, \"target\": 7}]}",
     NULL,
     {.unit = 0},
     2,
     1e10,
     0,
     1.5e-3},
    {"nolinks.json",
     "{\"nodes\": [{\"id\": 1}]}",
     ":1: there is no list \"edges\"",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"noid.json",
     "{\"nodes\": [\n{\"name\": \"a\"}], \"links\": []}",
     ":2: the node has no id",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"nopos.json",
     "{\"nodes\": [\n{\"id\": 1, \"pos\": [3]}], \"links\": []}",
     ":2: pos is no list of two numbers",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"maybe.json",
     "{\"directed\": 7, \"nodes\": [], \"links\": []}",
     ":1: directed is neither true nor false",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"none.gml", GML2("edge [ source 0 target 1 ]"), NULL, {.capacity = 4e10}, 2, 4e10, 0, 0},
    {"units.gml", GML2("edge [ source 0 target 1 capacity 7 ]"), NULL, {.unit = 1e6}, 2, 7e6, 0, 0},
    {"fnss.gml",
     GML2("capacity_unit \"Mbps\" delay_unit \"ms\" edge [ source 0 target 1 capacity 7 "
          "delay 3 ]"),
     NULL,
     {.unit = 0},
     2,
     7e6,
     0,
     3e-3},
    {"two.gml",
     GML2("edge [ source 0 target 1 capacity 7 capacity 8 ]"),
     ":2: capacity is there twice: \"7\" and \"8\"",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"int.graphml",
     GRAPHML2(KEY("a", "capacity") KEY("b", "capacity"),
              "<edge source='A' target='B'>" DATA("b", "2.5e9") "</edge>"),
     NULL,
     {.capacity = 1},
     2,
     2.5e9,
     0,
     0},
    {"default.graphml",
     GRAPHML2("<key id='a' for='edge' attr.name='capacity'><default>5e6</default></key>",
              "<edge source='A' target='B'/>"),
     NULL,
     {.capacity = 1},
     2,
     5e6,
     0,
     0},
    {"text.graphml",
     GRAPHML2(KEY("a", "capacity"),
              "<edge source='A' target='B'>" DATA("a", " 10 Gbit/s\n") "</edge>"),
     NULL,
     {.capacity = 1},
     2,
     1e10,
     0,
     0},
    {"word.graphml",
     GRAPHML2(KEY("a", "capacity"), "<edge source='A' target='B'>" DATA("a", "OC-48") "</edge>"),
     ":2: edge A-B: capacity \"OC-48\" cannot be read",
     {.capacity = 1},
     0,
     0,
     0,
     0},
    {"yed.graphml",
     YED(DRAWN("n0", "", LABEL("A")) DRAWN("n1", "", LABEL("B")),
         LINE("<data key='d8'>5 Gbit/s</data>", "10 Gbit/s")),
     NULL,
     {.unit = 0},
     1,
     5e9,
     0,
     0},
    {"yed-line.graphml",
     YED(DRAWN("n0", "", LABEL("A")) DRAWN("n1", "", LABEL("B")), LINE("", "10 Gbit/s")),
     "edge A-B has no capacity",
     {.unit = 0},
     0,
     0,
     0,
     0},
    /* weights */
    {"weight.gml",
     GML2("edge [ source 0 target 1 capacity 1 weight \"2.5\" ]"),
     NULL,
     {.unit = 0},
     2,
     1,
     2.5,
     0},
    {"heavy.gml",
     GML2("edge [ source 0 target 1 capacity 1 weight \"high\" ]"),
     "weight \"high\" cannot be read",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"light.gml",
     GML2("edge [ source 0 target 1 capacity 1 weight 0 ]"),
     "weight \"0\" cannot be read",
     {.unit = 0},
     0,
     0,
     0,
     0},
    /* places and delays */
    {"lonlat.gml",
     "graph [ node [ id 0 lon 10.75 lat 59.91 ] node [ id 1 lng 5.32 Latitude \"60.39\" ]\n"
     "edge [ source 0 target 1 capacity 1 ] ]",
     NULL,
     {.unit = 0},
     2,
     1,
     0,
     1.5256e-3},
    {"dist.gml",
     GML2("edge [ source 0 target 1 capacity 1 dist 305.1 ]"),
     NULL,
     {.unit = 0},
     2,
     1,
     0,
     1.5255e-3},
    {"far.gml",
     GML2("edge [ source 0 target 1 capacity 1 dist \"far\" ]"),
     "distance in km \"far\" cannot be read",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"delay.gml",
     GML2("edge [ source 0 target 1 capacity 1 delay \"5 ms\" ]"),
     NULL,
     {.unit = 0},
     2,
     1,
     0,
     5e-3},
    {"late.gml",
     GML2("edge [ source 0 target 1 capacity 1 delay -1 ]"),
     "delay \"-1\" cannot",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"nowhere.gml",
     "graph [ node [ id 0 lon \"x\" lat 59.91 ] node [ id 1 ]\n"
     "edge [ source 0 target 1 capacity 1 ] ]",
     ":1: the place \"x\" \"59.91\" of node 0 cannot be read",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"pixel.gml",
     "graph [ node [ id 0 lon 500 lat 90 ] node [ id 1 lon 10 lat 600 ]\n"
     "edge [ source 0 target 1 capacity 1 ] ]",
     NULL,
     {.unit = 0},
     2,
     1,
     0,
     0},
    /* directions */
    {"digraph.gml",
     RING "edge [ source 1 target 2 capacity 1 ] edge [ source 2 target 3 capacity 1 ]\n"
          "edge [ source 3 target 1 capacity 1 ] ]",
     NULL,
     {.unit = 0},
     3,
     1,
     0,
     0},
    {"zoo.gml",
     RING "edge [ source 1 target 2 LinkSpeedRaw 1 ] edge [ source 2 target 3 LinkSpeedRaw 1 ]\n"
          "edge [ source 3 target 1 LinkSpeedRaw 1 ] edge [ source 1 target 3 LinkSpeedRaw 1 ] ]",
     NULL,
     {.unit = 0},
     8,
     1,
     0,
     0},
    {"zoo-word.gml",
     "Creator \"Topology Zoo Toolset\" " RING "edge [ source 1 target 2 ] ]",
     NULL,
     {.capacity = 1},
     2,
     1,
     0,
     0},
    {"zoo-arcs.gml",
     RING "edge [ source 1 target 2 LinkSpeedRaw 1 ] edge [ source 2 target 1 LinkSpeedRaw 1 ] ]",
     NULL,
     {.unit = 0},
     2,
     1,
     0,
     0},
    {"both.gml",
     RING "edge [ source 1 target 2 capacity 1 ] ]",
     NULL,
     {.directions = LEAD_DIRECTIONS_BOTH},
     2,
     1,
     0,
     0},
    {"one-way.gml",
     GML2("edge [ source 0 target 1 capacity 1 ]"),
     NULL,
     {.directions = LEAD_DIRECTIONS_ONE_WAY},
     1,
     1,
     0,
     0},
    {"edge.graphml",
     GRAPHML2(KEY("a", "capacity"),
              "<edge source='A' target='B' directed='true'>" DATA("a", "1") "</edge>"),
     NULL,
     {.unit = 0},
     1,
     1,
     0,
     0},
    {"cables.xml",
     XML2("<unit>MBITPERSEC</unit>", "", CABLE("A", "B")),
     NULL,
     {.unit = 0},
     2,
     1e8,
     0,
     0},
    {"arcs.xml",
     XML2("<unit>MBITPERSEC</unit>", "", CABLE("A", "B") CABLE("B", "A")),
     NULL,
     {.unit = 0},
     2,
     1e8,
     0,
     0},
    {"pairs.xml",
     XML2("<unit>MBITPERSEC</unit>", "", CABLE("A", "B") CABLE("B", "A")),
     NULL,
     {.directions = LEAD_DIRECTIONS_BOTH},
     4,
     1e8,
     0,
     0},
    {"three.xml",
     XML2("<unit>MBITPERSEC</unit>", "", CABLE("A", "B") CABLE("B", "A") CABLE("A", "B")),
     NULL,
     {.unit = 0},
     6,
     1e8,
     0,
     0},
    {"way.csv",
     "src,dst,capacity_kbps\na,b,1\n",
     "the format lists directed links",
     {.directions = LEAD_DIRECTIONS_BOTH},
     0,
     0,
     0,
     0},
    /* units of SNDlib */
    {"bits.xml",
     XML2("<unit>BITSPERSEC</unit>", "", CABLE("A", "B")),
     NULL,
     {.unit = 0},
     2,
     100,
     0,
     0},
    {"kbits.xml",
     XML2("<unit>KBITSPERSEC</unit>", "", CABLE("A", "B")),
     NULL,
     {.unit = 0},
     2,
     1e5,
     0,
     0},
    {"mbps.xml", XML2("<unit>Mbps</unit>", "", CABLE("A", "B")), NULL, {.unit = 0}, 2, 1e8, 0, 0},
    {"shouted.xml",
     XML2("<unit>MBPS</unit>", "", CABLE("A", "B")),
     ":1: unit MBPS is not a rate that is known (MBITPERSEC and alike; or state it: unit: Mbit/s) "
     "(write Mbps or MBps)",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"minutes.gml",
     GML2("edge [ source 0 target 1 capacity 1 delay \"5 m\" ]"),
     ":2: edge A-B: delay \"5 m\" cannot be read (write 5 min or 5 ms)",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"shouted.gml",
     GML2("capacity_unit \"MBPS\" edge [ source 0 target 1 capacity 1 ]"),
     "capacity_unit \"MBPS\" is not known (write Mbps or MBps)",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"shouted.csv",
     "src,dst,capacity\na,b,10 MBPS\n",
     ":2: capacity \"10 MBPS\" is not a number with a unit (write 10 Mbps or 10 MBps)",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"stated.xml", XML2("", "", CABLE("A", "B")), NULL, {.unit = 1e9}, 2, 1e11, 0, 0},
    {"unknown.xml",
     XML2("<unit>ERLANG</unit>", "", CABLE("A", "B")),
     ":1: unit ERLANG is not a rate",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"unitless.xml",
     XML2("", "", CABLE("A", "B")),
     ":1: no <unit> is stated for the capacities",
     {.capacity = 1},
     0,
     0,
     0,
     0},
    {"pixel.xml",
     "<network><meta><unit>MBITPERSEC</unit></meta><networkStructure><nodes "
     "coordinatesType='pixel'><node id='A'><coordinates><x>20</x><y>30</y></coordinates></node>"
     "<node id='B'><coordinates><x>50</x><y>60</y></coordinates></node></nodes><links>" CABLE(
         "A", "B") "</links></networkStructure></network>",
     NULL,
     {.unit = 0},
     2,
     1e8,
     0,
     0},
    /* loops, CSV, units that a format states itself */
    {"loop.graph",
     "NODES 2\nlabel x y\nA 0 0\nB 0 0\n\nEDGES 3\nlabel src dest weight bw delay\ne 0 1 7 10 "
     "0\n"
     "e 1 1 1 10 0\ne 1 0 7 10 0\n",
     NULL,
     {.unit = 0},
     2,
     1e4,
     7,
     0},
    {"loop.csv", "src,dst,capacity_kbps\na,b,1\na,a,1\n", NULL, {.unit = 0}, 1, 1e3, 0, 0},
    {"loop.xml",
     XML2("<unit>MBITPERSEC</unit>", "", CABLE("A", "B") CABLE("B", "B")),
     NULL,
     {.unit = 0},
     2,
     1e8,
     0,
     0},
    {"loop.yaml",
     "nodes: [{name: a}, {name: b}]\nlinks: [{from: a, to: b, capacity: 1}, {from: b, to: b, "
     "capacity: 1, both: true}]\n",
     NULL,
     {.unit = 0},
     1,
     1,
     0,
     0},
    {"order.csv",
     "weight,target,note,capacity,source\n3,b,x,10 Mbit/s,a\n",
     NULL,
     {.unit = 0},
     1,
     1e7,
     3,
     0},
    {"units.csv", "src,dst,capacity_mbps,delay_ms\na,b,7,5\n", NULL, {.unit = 0}, 1, 7e6, 0, 5e-3},
    {"quoted.csv",
     "\"src\",\"dst\",\"capacity_kbps\"\n\"a, b\",\"c \"\"d\"\"\",1\n",
     NULL,
     {.unit = 0},
     1,
     1e3,
     0,
     0},
    {"semicolons.csv",
     "src;dst;capacity_kbps;weight;name\n\"a;b\";c, d;1.5;;x\n",
     NULL,
     {.unit = 0},
     1,
     1.5e3,
     0,
     0},
    {"tabs.csv",
     "src\tdst\tweight\tcapacity\na\tb\t\t10 Mbit/s\n",
     NULL,
     {.unit = 0},
     1,
     1e7,
     0,
     0},
    {"comma.csv",
     "src;dst;capacity_mbps\na;b;1,5\n",
     ":2: capacity_mbps \"1,5\" is not a number (write 1.5 for 1,5",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"strange.csv",
     "one;two\na;b\n",
     ":1: the first line needs src,dst,capacity_kbps",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"parallel.csv",
     "src,dst,capacity_kbps,name\na,b,1,x\na,b,2,y\n",
     NULL,
     {.unit = 0},
     2,
     1e3,
     0,
     0},
    {"same.csv",
     "src,dst,capacity_kbps,name\na,b,1,x\na,b,2,x\n",
     ":3: link a-b is there twice",
     {.unit = 0},
     0,
     0,
     0,
     0},
    {"unit.csv",
     "src,dst,capacity_kbps\na,b,1\n",
     "the file states the unit",
     {.unit = 1e6},
     0,
     0,
     0,
     0},
    {"unit.graph",
     "NODES 2\nlabel x y\nA 0 0\nB 0 0\n\nEDGES 1\nlabel src dest weight bw delay\ne 0 1 7 10 "
     "0\n",
     NULL,
     {.unit = 1e6},
     1,
     1e7,
     7,
     0},
};

static void files_are_taken_at_their_word(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = test_file(files[i].name, files[i].text);
        lead_topology *topology;
        lead_status status = lead_topology_read(path, &files[i].reading, &topology);
        if (files[i].fails) {
            if (status == LEAD_OK || !strstr(lead_last_message(), files[i].fails))
                fail_msg("%s: %s \"%s\", not \"%s\"", files[i].name, lead_status_name(status),
                         lead_last_message(), files[i].fails);
            continue;
        }
        if (status != LEAD_OK)
            fail_msg("%s: %s", files[i].name, lead_last_message());
        const lead_link *link = lead_topology_link(topology, 0);
        if (lead_topology_link_count(topology) != files[i].links ||
            fabs(link->capacity - files[i].capacity) > 1e-9 * files[i].capacity ||
            link->weight != files[i].weight || fabs(link->delay - files[i].delay) > 1e-6)
            fail_msg("%s: %d links, the first of %g bit/s, weight %g, %g s", files[i].name,
                     lead_topology_link_count(topology), link->capacity, link->weight, link->delay);
        lead_topology_free(topology);
    }
}

static void what_is_guessed_or_left_out_is_said(void **state) {
    (void)state;
    static const struct {
        const char *file, *said;
    } wanted[] = {
        {"digraph.gml", "3 of 3 edges are directed and have no reverse: they are one-way"},
        {"zoo.gml", "2 of 4 edges have no reverse: all are taken for cables"},
        {"arcs.xml", "each of the 2 links has its reverse beside it"},
        {"pixel.xml", "the places of 2 nodes are no longitude"},
        {"pixel.gml", "the places of 2 nodes are no longitude"},
        {"loop.graph", "loop.graph:9: link B-B leads back to its own node"},
        {"loop.yaml", "links[1]: link b-b leads back"},
        {"part.yaml",
         "2 links have a delay of 0 s: they state none or 0, and a node of theirs has no place "
         "(1 of 2 have one)"},
        {"zero.gml", "zero.gml:2: link A-B has a capacity of 0 and carries nothing: left out"},
        {"zero.graphml", "link A-B has a capacity of 0"},
        {"zero.csv", "zero.csv:2: link a-b has a capacity of 0"},
        {"zero.xml", "link A-B has a capacity of 0"},
        {"zero.yaml", "links[0]: link a-b has a capacity of 0"},
        {"order.csv", "columns that are not looked at: note"},
        {"latency.gml", "attributes of edges that are not looked at: latency, cost"},
        {"yed.graphml", "attributes of edges that are not looked at: y:EdgeLabel"}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
            lead_topology *topology;
            if (strcmp(files[k].name, wanted[i].file) != 0)
                continue;
            said[0] = '\0';
            assert_ok(lead_topology_read(test_file(files[k].name, files[k].text), &files[k].reading,
                                         &topology));
            assert_said(wanted[i].said);
            lead_topology_free(topology);
        }
}

/* In public files a name may be any text: two parallel links of one name get one each. */
static void parallel_links_of_one_name_are_told_apart(void **state) {
    (void)state;
    static const char text[] =
        "graph [ node [ id 0 label \"a\" ] node [ id 1 label \"b\" ]\n"
        "edge [ source 0 target 1 name \"x\" ] edge [ source 0 target 1 name \"x\" ]\n"
        "edge [ source 1 target 0 name \"x\" ] edge [ source 0 target 1 name \"a-b#4\" ]\n"
        "edge [ source 0 target 1 ] ]";
    static const char *const names[] = {"x", "x#2", "x#3", "a-b#4", NULL};
    const lead_topology_reading reading = {.capacity = 1e9};
    lead_topology *topology, *back;
    said[0] = '\0';
    assert_ok(lead_topology_read(test_file("twice.gml", text), &reading, &topology));
    assert_said("twice.gml:2: another link a-b is called x: this one is x#2");
    assert_int_equal(lead_topology_link_count(topology), 10);
    for (int i = 0; i < 10; i++) {
        const char *name = lead_topology_link_label(topology, i);
        if (names[i / 2])
            assert_string_equal(name, names[i / 2]);
        else
            assert_null(name);
    }
    for (int f = 0; f < FORMATS; f++) {
        char file[40];
        snprintf(file, sizeof file, "apart%s", formats[f].ending);
        assert_ok(lead_topology_write(topology, test_path(file)));
        assert_ok(lead_topology_read(test_path(file), &reading, &back));
        assert_int_equal(lead_topology_link_count(back), 10);
        lead_topology_free(back);
    }
    lead_topology_free(topology);
}

/* The names that parallel links are given are made of their nodes' and cut at whole characters. */
static void long_names_are_cut_at_characters(void **state) {
    (void)state;
    lead_topology *topology, *back;
    char name[2100] = "A";
    for (int i = 0; i < 1000; i++)
        strcat(name, "\xc3\xaa");
    assert_ok(lead_topology_alloc(&topology));
    assert_ok(lead_topology_add_node(topology, name, NULL));
    assert_ok(lead_topology_add_node(topology, name + 1, NULL));
    for (int i = 0; i < 2; i++) {
        assert_ok(lead_topology_add_link(topology, (lead_link){0, 1, 1, 0, 1, true, 0}, NULL));
        assert_ok(lead_topology_add_link(topology, (lead_link){1, 0, 1, 0, 1, true, 0}, NULL));
    }
    for (int f = 0; f < FORMATS; f++) {
        char file[40];
        snprintf(file, sizeof file, "long%s", formats[f].ending);
        assert_ok(lead_topology_write(topology, test_path(file)));
        assert_ok(lead_topology_read(test_path(file), NULL, &back));
        assert_string_equal(lead_topology_node_name(back, 0), name);
        assert_int_equal(lead_topology_link_count(back), 4);
        lead_topology_free(back);
    }
    lead_topology_free(topology);
}

static void names_are_what_people_see(void **state) {
    (void)state;
    static const struct {
        const char *file, *text, *names[3];
    } known[] = {
        {"entities.gml",
         "graph [ node [ id 0 label \"Z&#252;rich HB\" ] node [ id 1 label \"b &#34;x&#34; "
         "&uuml;\" ]\n"
         "node [ id 2 label \"&#x141;&#243;d&#378; &#38; co &nosuch;\" ] ]",
         {"Z\xc3\xbcrich HB", "b \"x\" \xc3\xbc",
          "\xc5\x81\xc3\xb3"
          "d\xc5\xba & co &nosuch;"}},
        {"latin.gml", "graph [ node [ id 0 label \"Z\xfcrich\" ] ]", {"Z\xc3\xbcrich"}},
        {"numbers.gml",
         "graph [ node [ id 7 label 100 ] node [ id 9 label 200 ] ]",
         {"100", "200"}},
        {"ids.gml", "graph [ node [ id 7 ] node [ id 9 ] ]", {"7", "9"}},
        {"networkx.gml",
         "graph [ node [ id 0 label \"0\" name \"Vienna\" ] node [ id 1 label \"1\" name "
         "\"Linz\" ] ]",
         {"Vienna", "Linz"}},
        {"from-one.gml",
         "graph [ node [ id 0 label \"1\" name \"Graz\" ] node [ id 1 label \"2\" name \"Ulm\" ] ]",
         {"Graz", "Ulm"}},
        {"ids.graphml",
         "<graphml><key id='l' for='node' attr.name='label'/><key id='n' for='node' "
         "attr.name='name'/><graph><node id='n0'><data key='l'>n0</data><data "
         "key='n'>Bonn</data></node><node id='n1'><data key='l'>n1</data><data "
         "key='n'>Kiel</data></node></graph></graphml>",
         {"Bonn", "Kiel"}},
        {"some-named.gml",
         "graph [ node [ id 0 label \"0\" name \"Vienna\" ] node [ id 1 label \"1\" ] ]",
         {"0", "1"}},
        {"labelled.gml",
         "graph [ node [ id 0 label \"0\" name \"Vienna\" ] node [ id 1 label \"B\" name \"Linz\" "
         "] ]",
         {"0", "B"}},
        {"namesakes.gml",
         "graph [ node [ id 0 label \"0\" name \"router\" ] node [ id 1 label \"1\" name "
         "\"router\" ] ]",
         {"0", "1"}},
        {"numbered.gml",
         "graph [ node [ id 0 label \"0\" name \"7\" ] node [ id 1 label \"1\" name \"8\" ] ]",
         {"0", "1"}},
        {"same.gml", "graph [ node [ id 7 label \"x\" ] node [ id 9 label \"x\" ] ]", {"x", "9"}},
        {"names.graphml",
         "<graphml><key id='l' for='node' attr.name='name' attr.type='int'/><graph "
         "edgedefault='undirected'><node id='n0'><data key='l'>17</data></node><node "
         "id='R&amp;D'/><node id='c'><data key='l'><![CDATA[C & "
         "D]]></data></node></graph></graphml>",
         {"17", "R&D", "C & D"}},
        {"yed.graphml",
         YED(DRAWN("n0", "", LABEL("Wien")) DRAWN("n1", "", LABEL("\n New\n  York ") LABEL("x"))
                 DRAWN("n2", "", LABEL("<!-- x --><![CDATA[A & B]]>")),
             ""),
         {"Wien", "New York", "A & B"}},
        {"yed-names.graphml",
         YED(DRAWN("n0", "<data key='d4'>Linz</data>", LABEL("a box"))
                 DRAWN("n1", "<data key='d4'/>", LABEL(" ") LABEL("Graz"))
                     DRAWN("n2", "", "<![CDATA[x]]><y:NodeLabel hasText='false'/>"),
             ""),
         {"Linz", "Graz", "n2"}},
        {"yed-group.graphml",
         YED("<node id='n0'><data key='d6'><y:ProxyAutoBoundsNode><y:Realizers><y:GroupNode>" LABEL(
                 "Bonn") "</y:GroupNode></y:Realizers></y:ProxyAutoBoundsNode></data></node>",
             ""),
         {"Bonn"}},
        {"yed-bare.graphml",
         "<graphml><key for='node' id='d6' yfiles.type='nodegraphics'/><graph><node id='n0'><data "
         "key='d6'><y:ShapeNode>" LABEL("Ulm") "</y:ShapeNode></data></node></graph></graphml>",
         {"Ulm"}}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        lead_topology *topology;
        assert_ok(lead_topology_read(test_file(known[i].file, known[i].text), NULL, &topology));
        for (int k = 0; k < 3 && known[i].names[k]; k++)
            assert_string_equal(lead_topology_node_name(topology, k), known[i].names[k]);
        lead_topology_free(topology);
    }
    assert_said("1 nodes have a label that another has");
    assert_said("networkx.gml: all labels of nodes are numbers or ids: nodes go by their name (the "
                "first: Vienna)");
    assert_null(strstr(said, "some-named.gml: all labels"));
}

/* --- TMs -------------------------------------------------------------------------------------- */

static void sndlib_times_are_read_or_refused(void **state) {
    (void)state;
    static const struct {
        const char *time, *means; /* NULL: refused */
    } known[] = {{"20040301-0005", "2004-03-01T00:05:00Z"},
                 {"200403010005", "2004-03-01T00:05:00Z"},
                 {"20040301-000530", "2004-03-01T00:05:30Z"},
                 {"2004-03-01 00:05", "2004-03-01T00:05:00Z"},
                 {"2004-03-01T02:05:00+02:00", "2004-03-01T00:05:00Z"},
                 {"20040301", "2004-03-01T00:00:00Z"},
                 {"200403", "2004-03-01T00:00:00Z"},
                 {"2004", "2004-01-01T00:00:00Z"},
                 {"2013.03.08-2013.03.15", "2013-03-08T00:00:00Z"},
                 {"20130308-20130315", "2013-03-08T00:00:00Z"},
                 {"20130308-2013", "2013-03-08T20:13:00Z"},
                 {"200403-200405", "2004-03-01T00:00:00Z"},
                 {"2004-2005", NULL},
                 {"2004-03", "2004-03-01T00:00:00Z"},
                 {"2004-0410", NULL},
                 {"200403-0005", NULL},
                 {"200413", NULL},
                 {"20040301-0060", NULL},
                 {"yesterday", NULL},
                 {"20040301-0005 CET", NULL},
                 {"20040", NULL}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[700], iso[LEAD_TIME_LENGTH + 1];
        lead_tm_series *series;
        snprintf(text, sizeof text,
                 "<network><meta><time>%s</time><unit>MBITPERSEC</unit></meta><networkStructure>"
                 "<nodes><node id='A'/></nodes></networkStructure><demands/></network>",
                 known[i].time);
        const char *path = test_file("time.xml", text);
        if (!known[i].means) {
            assert_fails(lead_tm_series_read(path, NULL, &series), LEAD_FORMAT,
                         "time.xml:1: <time> ");
            continue;
        }
        assert_ok(lead_tm_series_read(path, NULL, &series));
        lead_time_format(lead_tm_series_time(series, 0), iso);
        assert_string_equal(iso, known[i].means);
        lead_tm_series_free(series);
    }
}

static void tables_of_all_shapes_give_the_same(void **state) {
    (void)state;
    static const char *const tables[] = {
        "time,A>A,A>B,B>A,B>B\n2024-03-01T00:00:00Z,0,1,2,0\n2024-03-01T00:05:00Z,0,3,4,0\n",
        "\"time\",\"A>A\",\"A>B\",\"B>A\",\"B>B\"\n\"2024-03-01 00:00:00\",0,1,2,0\n\"2024-03-01 "
        "00:05:00\",0,3,4,0\n",
        "B>A,A>B,timestamp\n2,1,2024-03-01 00:00:00+00:00\n4,3,2024-03-01 01:05:00+01:00\n",
        ",A>B,B>A\n2024-03-01,1,2\n2024-03-01 00:05,3,4\n",
        "time,A>A,A>B,B>A,B>B\n2024-03-01T00:00:00Z,nan,1,2,\n2024-03-01T00:05:00Z,NaN,3,4,NA\n",
        "time,src,dst,value\n2024-03-01,A,B,1\n2024-03-01,B,A,2\n2024-03-01 "
        "00:05,A,B,3\n2024-03-01 "
        "00:05,B,A,4\n",
        ",time,A>B,B>A\n0,2024-03-01,1,2\n1,2024-03-01 00:05,3,4\n,,,\n",
        ",Time,src,dst,value,flag\n0,2024-03-01,A,B,1,x\n1,2024-03-01,B,A,2,\n2,2024-03-01 "
        "00:05,A,B,3,\n3,2024-03-01 00:05,B,A,4,\n,,,,,\n",
        "time,A>B,B>A\n1709251200,1,2\n1709251500,3,4\n",
        "time;src;dst;value\n1709251200;A;B;1\n1709251200;B;A;2\n2024/03/01 00:05;A;B;3\n"
        "2024/03/01 00:05:00;B;A;4\n",
        "value_mbps,source,destination,time\n0.001,A,B,2024-03-01\n0.003,A,B,2024-03-01 "
        "00:05\n0.002,B,A,2024-03-01\n0.004,B,A,2024-03-01 00:05\n",
        "time;A>B;B>A\n2024-03-01; 1 ;2\n2024-03-01 00:05;3;\"4\"\n;;\n",
        "time\tA>A\tA>B\tB>A\n2024-03-01\t\t1\t2\n2024-03-01 00:05\t\t 3\t4\n\t\t\t\n",
        "\"time, UTC\";A>B;B>A\n2024-03-01;1;2\n2024-03-01 00:05;3;4\n",
        "time;src;dst;value\n2024-03-01;A;B;1\n2024-03-01;B;A;2\n2024-03-01 "
        "00:05;A;B;3\n2024-03-01 00:05;B;A;4\n;;;\n",
        "flag\ttime\tsrc\tdst\tvalue\n\t2024-03-01\tA\tB\t1\n\t2024-03-01\tB\tA\t2\n\t2024-03-01 "
        "00:05\tA\tB\t3\n\t2024-03-01 00:05\tB\tA\t4\n"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        lead_topology *topology;
        lead_tm_series *series;
        assert_ok(lead_topology_alloc(&topology));
        assert_ok(lead_topology_add_node(topology, "A", NULL));
        assert_ok(lead_topology_add_node(topology, "B", NULL));
        lead_tm_reading reading = {.topology = topology};
        bool tms;
        const char *path = test_file("shape.csv", tables[i]);
        assert_ok(lead_csv_holds_tms(path, &tms));
        assert_true(tms);
        assert_ok(lead_tm_series_read(path, &reading, &series));
        assert_int_equal(lead_tm_series_length(series), 2);
        assert_true(lead_tm_series_time(series, 1) == 1709251500);
        for (int k = 0; k < 2; k++) {
            const double *tm = lead_tm_series_tm(series, k);
            assert_near(tm[1], 1e3 * (1 + 2 * k), 1e-9);
            assert_near(tm[2], 1e3 * (2 + 2 * k), 1e-9);
            assert_near(tm[0] + tm[3], 0, 0);
        }
        lead_tm_series_free(series);
        lead_topology_free(topology);
    }
}

static void tms_with_missing_values_are_gaps(void **state) {
    (void)state;
    static const char *const tables[] = {
        "time,A>B,B>A\n2024-03-01,1,2\n2024-03-02,,2\n2024-03-03,1,NaN\n2024-03-04,1,2\n",
        "time,src,dst,value\n2024-03-01,A,B,1\n2024-03-02,A,B,\n2024-03-02,B,A,7\n2024-03-03,B,A,"
        "null\n2024-03-04,B,A,2\n"};
    for (size_t i = 0; i < 2; i++) {
        lead_tm_series *series;
        said[0] = '\0';
        assert_ok(lead_tm_series_read(test_file("gaps.csv", tables[i]), NULL, &series));
        assert_int_equal(lead_tm_series_length(series), 2);
        assert_said("2 TMs have values that are missing (the first: line 3, A>B)");
        lead_tm_series_free(series);
    }
}

static void odd_names_come_back_in_tms(void **state) {
    (void)state;
    static const char *const names[] = {"St. Louis, \"MO\"", " b ", "c"};
    static const char *const files_of_tms[] = {"odd.csv", "odd.csv.gz", "odd/"};
    lead_tm_series *series, *back;
    double tm[9] = {0, 1e6, 2e6, 3e6, 0, 4e6, 5e6, 6e6, 0};
    assert_ok(lead_tm_series_alloc(3, names, &series));
    assert_ok(lead_tm_series_append(series, 0, tm));
    for (int i = 0; i < 3; i++) {
        const char *path = test_path(files_of_tms[i]);
        assert_ok(lead_tm_series_write(series, path));
        assert_ok(lead_tm_series_read(path, NULL, &back));
        for (int k = 0; k < 3; k++)
            assert_string_equal(lead_tm_series_node_name(back, k), names[k]);
        for (int od = 0; od < 9; od++)
            assert_near(lead_tm_series_tm(back, 0)[od], tm[od], 1e-6);
        lead_tm_series_free(back);
    }
    lead_tm_series_free(series);
}

static void a_folder_needs_times(void **state) {
    (void)state;
    static const char text[] =
        "<network><meta><unit>MBITPERSEC</unit></meta><networkStructure><nodes><node id='A'/>"
        "</nodes></networkStructure><demands/></network>";
    lead_tm_series *series;
    char folder[600];
    snprintf(folder, sizeof folder, "%s", test_path("timeless"));
    assert_ok(lead_directory_make(folder));
    test_file("timeless/a.xml", text);
    test_file("timeless/b.xml", text);
    assert_fails(lead_tm_series_read(folder, NULL, &series), LEAD_FORMAT,
                 "b.xml:1: there is no <time>, which every file of a folder needs");
}

static void units_are_words_or_rates(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double unit;
    } known[] = {{"bit/s", 1},  {"Mbit/s", 1e6},     {"kbps", 1e3},
                 {"MB/s", 8e6}, {"100 kbit/s", 1e5}, {"1000", 1e3}};
    double unit;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_ok(lead_unit_parse(known[i].text, &unit));
        assert_near(unit, known[i].unit, 0);
    }
    assert_fails(lead_unit_parse("Mb", &unit), LEAD_FORMAT, "\"Mb\" is not a unit of rates");
    assert_fails(lead_unit_parse("", &unit), LEAD_FORMAT, "\"\" is not a unit of rates");
    assert_fails(lead_unit_parse("0", &unit), LEAD_FORMAT, "\"0\" is not a unit");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_come_back_through_every_pair_of_formats),
        cmocka_unit_test(files_are_taken_at_their_word),
        cmocka_unit_test(what_is_guessed_or_left_out_is_said),
        cmocka_unit_test(parallel_links_of_one_name_are_told_apart),
        cmocka_unit_test(long_names_are_cut_at_characters),
        cmocka_unit_test(names_are_what_people_see),
        cmocka_unit_test(sndlib_times_are_read_or_refused),
        cmocka_unit_test(tables_of_all_shapes_give_the_same),
        cmocka_unit_test(tms_with_missing_values_are_gaps),
        cmocka_unit_test(odd_names_come_back_in_tms),
        cmocka_unit_test(a_folder_needs_times),
        cmocka_unit_test(units_are_words_or_rates)};
    return cmocka_run_group_tests(tests, start_listening, stop_listening);
}
