/* Manifests that are whole and manifests that are not; no torch needed. */
#include "base/digest/sha256.h"
#include "predict/lead/checkpoint/manifest.h"
#include "scratch.h"
#include "test_predict_lead.h"

#include <sys/stat.h>
#include <unistd.h>

static char *read_tiny(const char *name, size_t *length) {
    char path[64], *text = NULL;
    snprintf(path, sizeof path, "tiny/%s", name);
    assert_ok(lead_file_read(fixture(path), 1 << 24, &text, length));
    return text;
}

/* The tiny manifest's text with the first `from` replaced by `to`, parsed. */
static lead_status parse_into(const char *from, const char *to, lead_manifest **manifest) {
    size_t length = 0;
    char *text = read_tiny("manifest.json", &length), *changed = calloc(length + strlen(to) + 1, 1);
    const char *place = strstr(text, from);
    assert_non_null(place);
    memcpy(changed, text, (size_t)(place - text));
    strcat(strcat(changed, to), place + strlen(from));
    lead_status status = lead_manifest_parse(changed, strlen(changed), "m.json", manifest);
    free(changed);
    free(text);
    return status;
}

static lead_status parse_changed(const char *from, const char *to) {
    lead_manifest *manifest = NULL;
    lead_status status = parse_into(from, to, &manifest);
    lead_manifest_free(manifest);
    return status;
}

static void a_whole_manifest_is_read(void **state) {
    (void)state;
    lead_manifest *manifest = NULL;
    assert_ok(lead_manifest_load(fixture("tiny"), &manifest));
    assert_int_equal(manifest->node_count, TINY_NODES);
    assert_string_equal(manifest->nodes[4], "E");
    assert_int_equal(manifest->history, 6);
    assert_int_equal(manifest->day_offsets.count, 3);
    assert_int_equal(manifest->day_offsets.values[0], -1);
    assert_int_equal(manifest->spans.days.values[2], 7);
    assert_int_equal(manifest->bank_pairs, 0);
    assert_int_equal(manifest->horizon, TINY_HORIZON);
    assert_false(manifest->schedule.ddim);
    assert_true(manifest->scaling.share[1] > 0);
    lead_manifest_free(manifest);
}

static void a_bad_value_is_named(void **state) {
    (void)state;
    assert_fails(parse_changed("\"history\"", "\"histories\""), LEAD_FORMAT,
                 "m.json: key \"history\" is missing");
    assert_fails(parse_changed("\"history\": 6", "\"history\": \"6\""), LEAD_FORMAT,
                 "expected whole number, found string");
    assert_fails(parse_changed("\"history\": 6", "\"history\": 1000000"), LEAD_FORMAT,
                 "1000000 is not in 2..256");
    assert_fails(parse_changed("\"history\": 6", "\"history\": 6.5"), LEAD_FORMAT,
                 "expected whole number, found number");
    assert_fails(parse_changed("\"horizon\": 2", "\"horizon\": 0"), LEAD_FORMAT,
                 "0 is not in 1..288");
    assert_fails(parse_changed("\"offset\": 0.008", "\"offset\": NaN"), LEAD_FORMAT,
                 "m.json: line");
    assert_fails(parse_changed("\"offset\": 0.008", "\"offset\": 1e999"), LEAD_FORMAT,
                 "m.json: line");
    assert_fails(parse_changed("\"sampler\": \"euler\"", "\"sampler\": \"x\""), LEAD_FORMAT,
                 "found \"x\"");
    assert_fails(parse_changed("\"cosine\"", "\"linear\""), LEAD_FORMAT, "found \"linear\"");
    assert_fails(parse_changed("\"version\": 3", "\"version\": 2"), LEAD_FORMAT,
                 "this program reads version 3");
    assert_fails(parse_changed("ns3-lead model", "cake"), LEAD_FORMAT, "found \"cake\"");
    assert_fails(parse_changed("\"features\": 9", "\"features\": 8"), LEAD_FORMAT,
                 "8 is not in 9..9");
    assert_fails(parse_changed("\"history\": 6", "\"history\": 6, \"history\": 7"), LEAD_FORMAT,
                 "m.json: line");
    assert_fails(parse_changed("\"day_offsets\": [", "\"day_offsets\": [5,"), LEAD_FORMAT,
                 "key \"day_offsets\": entry 1 is not a whole number of -1024..1024 above");
    assert_fails(parse_changed("\"days\": [", "\"days\": [0,"), LEAD_FORMAT,
                 "key \"days\": entry 0 is not");
    assert_fails(parse_changed("\"block\": 5", "\"block\": 0"), LEAD_FORMAT, "0 is not in 1..288");
    assert_fails(parse_changed("\"levels\": [", "\"levels\": [1e9,"), LEAD_FORMAT,
                 "key \"levels\": entry 0 is not");
    assert_fails(parse_changed("\"step_seconds\": 3600", "\"step_seconds\": 0"), LEAD_FORMAT,
                 "0 is not in 1..86400");
    assert_fails(parse_changed("\"bank\": 30", "\"bank\": 0"), LEAD_FORMAT, "0 is not in 1..");
    assert_fails(parse_changed("\"smooth\": 0.1", "\"smooth\": 0.4"), LEAD_FORMAT,
                 "key \"smooth\": 0.4 is not in 0..0.333333");
    assert_fails(parse_changed("\"smooth\": 0.1", "\"rough\": 0.1"), LEAD_FORMAT,
                 "key \"smooth\" is missing");
    assert_fails(parse_changed("\"paths\": {", "\"paths\": 1, \"ways\": {"), LEAD_FORMAT,
                 "key \"paths\": expected object");
}

static void a_bank_that_is_taken_as_it_is(void **state) {
    (void)state;
    lead_manifest *manifest = NULL;
    assert_ok(lead_manifest_load(fixture("tiny"), &manifest));
    assert_float_equal((float)manifest->smooth, 0.1f, 1e-6f);
    lead_manifest_free(manifest);
    assert_ok(parse_into("\"paths\": {", "\"ways\": {", &manifest));
    assert_true(manifest->smooth <= 0);
    lead_manifest_free(manifest);
}

static void a_file_stays_in_its_folder(void **state) {
    (void)state;
    assert_fails(parse_changed("\"encoder.pt\"", "\"../encoder.pt\""), LEAD_FORMAT,
                 "files.encoder: key \"name\"");
    assert_fails(parse_changed("\"encoder.pt\"", "\"/etc/passwd\""), LEAD_FORMAT,
                 "not the name of a file beside");
    assert_fails(parse_changed("\"encoder.pt\"", "\"\""), LEAD_FORMAT,
                 "not the name of a file beside");
    assert_fails(parse_changed("\"encoder.pt\"", "\"a\\u0000b\""), LEAD_FORMAT, "m.json: line");
}

static void bad_constants_are_named(void **state) {
    (void)state;
    lead_manifest *manifest = NULL;
    static const char *const short_share = "{\"share\": [0, 1]}";
    assert_ok(lead_manifest_load(fixture("tiny"), &manifest));
    assert_fails(lead_manifest_parse_scaling(manifest, short_share, strlen(short_share), "s.json"),
                 LEAD_FORMAT, "s.json: key \"share\": 2 numbers, expected 25");
    assert_fails(lead_manifest_parse_scaling(manifest, "{}", 2, "s.json"), LEAD_FORMAT,
                 "key \"share\" is missing");
    assert_fails(lead_manifest_parse_scaling(manifest, "[]", 2, "s.json"), LEAD_FORMAT,
                 "expected an object");
    assert_fails(lead_manifest_parse_scaling(manifest, "{", 1, "s.json"), LEAD_FORMAT,
                 "s.json: line 1");
    assert_fails(lead_manifest_take_bank(manifest, "12345", 5, "b.bin"), LEAD_FORMAT,
                 "b.bin: 5 bytes, expected 1500: 30 windows of 2 steps and 25 paths");
    lead_manifest_free(manifest);
}

/* Without a denoiser there is nothing but the base forecast and paths of the past. */
static void a_manifest_without_a_denoiser(void **state) {
    (void)state;
    lead_manifest *manifest = NULL;
    assert_ok(lead_manifest_load(fixture("tiny-paths"), &manifest));
    assert_int_equal(manifest->schedule.sampling_steps, 0);
    assert_null(manifest->files[LEAD_COMPONENT_DENOISER].name);
    assert_non_null(manifest->files[LEAD_COMPONENT_BASE].name);
    lead_manifest_free(manifest);
}

/* The tiny scaling's text with its first knot replaced. */
static void knots_must_rise(void **state) {
    (void)state;
    size_t length = 0;
    char *text = read_tiny("scaling.json", &length), *place = strstr(text, "-2.5");
    lead_manifest *manifest = NULL;
    assert_ok(lead_manifest_load(fixture("tiny"), &manifest));
    assert_non_null(place);
    place[0] = ' ';
    assert_fails(lead_manifest_parse_scaling(manifest, text, length, "s.json"), LEAD_FORMAT,
                 "s.json: key \"knots\": entry 1 is not above the one before");
    lead_manifest_free(manifest);
    free(text);
}

static void copy_file(const char *folder, const char *name) {
    size_t length = 0;
    char *bytes = read_tiny(name, &length), path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
    free(bytes);
}

static void a_changed_file_is_refused(void **state) {
    (void)state;
    char folder[300], path[512];
    lead_manifest *manifest = NULL;
    snprintf(folder, sizeof folder, "%s/checkpoint", scratch_folder(NULL));
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_fails(lead_manifest_load(folder, &manifest), LEAD_IO, "manifest.json");
    copy_file(folder, "manifest.json");
    copy_file(folder, "encoder.pt");
    copy_file(folder, "conditioner.pt");
    copy_file(folder, "base.pt");
    copy_file(folder, "scaling.json");
    copy_file(folder, "bank.bin");
    assert_fails(lead_manifest_load(folder, &manifest), LEAD_IO, "denoiser.pt");
    copy_file(folder, "denoiser.pt");
    assert_ok(lead_manifest_load(folder, &manifest));
    lead_manifest_free(manifest);
    snprintf(path, sizeof path, "%s/denoiser.pt", folder);
    assert_int_equal(truncate(path, 1000), 0);
    assert_fails(lead_manifest_load(folder, &manifest), LEAD_FORMAT, "denoiser.pt: SHA-256 is ");
    assert_null(manifest);
}

/* The examples of FIPS 180-2, appendix B. */
static void sha256_gives_the_standards_examples(void **state) {
    (void)state;
    char hex[LEAD_SHA256_HEX], *million = malloc(1000000);
    lead_sha256_bytes("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    lead_sha256_bytes("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    lead_sha256_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(million, 'a', 1000000);
    lead_sha256_bytes(million, 1000000, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_manifest_is_read),
        cmocka_unit_test(a_bad_value_is_named),
        cmocka_unit_test(a_file_stays_in_its_folder),
        cmocka_unit_test(a_bank_that_is_taken_as_it_is),
        cmocka_unit_test(bad_constants_are_named),
        cmocka_unit_test(a_manifest_without_a_denoiser),
        cmocka_unit_test(knots_must_rise),
        cmocka_unit_test(a_changed_file_is_refused),
        cmocka_unit_test(sha256_gives_the_standards_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
