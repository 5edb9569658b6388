/* An override of a scenario's keys, "PATH=VALUE", or a list of policies where it has no "=". */
#include "bytes.h"
#include "fuzz.h"
#include <lead/scenario.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "name: r\ntopology: { file: %s }\ntraffic: { synthetic: { epochs: 2, history: 3 } }\n"
    "policies: [ { name: a, te: { algorithm: ecmp } },\n"
    "  { name: b, predict: { model: last }, te: { algorithm: mcf, when: { gain: 0.1 } } } ]\n"
    "engine: fluid\n";
static const char links[] = "src,dst,capacity_kbps\na,b,1\nb,a,1\n";

/* The scenario, beside its network, written once for this process. */
static const char *scenario_file(void) {
    static char path[200], whole[800];
    if (*path)
        return path;
    const char *network = fuzz_file((const uint8_t *)links, sizeof links - 1, ".csv");
    int length = snprintf(whole, sizeof whole, text, network);
    snprintf(path, sizeof path, "%s", fuzz_file((const uint8_t *)whole, (size_t)length, ".yaml"));
    return path;
}

static void quiet(lead_log_level level, const char *line, void *data) {
    (void)level, (void)line, (void)data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char given[4097];
    size = size < sizeof given - 1 ? size : sizeof given - 1;
    memcpy(given, data, size);
    given[size] = '\0';
    const char *sets[] = {given};
    lead_overrides overrides = {.sets = sets, .set_count = 1};
    lead_scenario *scenario;
    lead_log_set_sink(quiet, NULL);
    if (!strchr(given, '='))
        overrides = (lead_overrides){.policies = given};
    lead_status status = lead_scenario_read_with(scenario_file(), NULL, &overrides, &scenario);
    FUZZ_HOLDS(status == LEAD_OK || *lead_last_message(), "%s", given);
    if (status == LEAD_OK)
        lead_scenario_free(scenario);
    return 0;
}
