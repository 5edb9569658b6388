/* page: see page.h. */
#include "report/page.h"
#include "base/expects.h"
#include "scenario/find.h"
#include <nettle/base64.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char template_name[] = "report.html", mark[] = "<!--lead-data-->";

enum { LARGEST_TEMPLATE = 1 << 24, MANTISSA = 13 };

/* --- the template ----------------------------------------------------------------------------- */

static lead_status read_template(lead_page *page) {
    char *path;
    size_t length;
    if (lead_find_shipped(template_name, &path) != LEAD_OK)
        return lead_fail(LEAD_UNAVAILABLE,
                         "this build has no report page: npm was not there, or failed; install "
                         "nodejs and npm, and build again: cmake -S . -B build && cmake --build "
                         "build");
    lead_status status = lead_file_read(path, LARGEST_TEMPLATE, &page->template, &length);
    page->tail = status == LEAD_OK ? strstr(page->template, mark) : NULL;
    if (status == LEAD_OK && !page->tail)
        status = lead_fail(LEAD_FORMAT, "%s: there is no %s in it: build it again", path, mark);
    free(path);
    LEAD_TRY(status);
    *page->tail = '\0';
    page->tail += strlen(mark);
    return LEAD_OK;
}

static void print(lead_page *page, const char *text) {
    page->bytes += strlen(text);
    lead_file_printf(page->writer, "%s", text);
}

lead_status lead_page_open(const char *out, lead_page *page) {
    LEAD_EXPECTS(out && page);
    *page = (lead_page){0};
    LEAD_TRY(read_template(page));
    LEAD_TRY(lead_file_writer_alloc(out, false, &page->writer));
    print(page, page->template);
    return LEAD_OK;
}

void lead_page_close(lead_page *page) {
    lead_file_writer_free(page->writer);
    free(page->template);
    *page = (lead_page){0};
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* gzip'd bytes in *out, freed with free(). */
static lead_status zip(const unsigned char *bytes, size_t length, unsigned char **out,
                       size_t *packed) {
    z_stream stream = {0};
    if (length > UINT32_MAX / 2)
        return lead_fail(LEAD_INVALID, "a column of %zu bytes is too long for a page", length);
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return lead_fail(LEAD_MEMORY, "no memory for packing a column");
    size_t room = deflateBound(&stream, (uLong)length);
    lead_status status = lead_calloc(room, 1, out);
    if (status == LEAD_OK) {
        stream.next_in = (z_const Bytef *)bytes;
        stream.avail_in = (uInt)length;
        stream.next_out = *out;
        stream.avail_out = (uInt)room;
        if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
            status = lead_fail(LEAD_MEMORY, "a column could not be packed");
        *packed = stream.total_out;
    }
    deflateEnd(&stream);
    return status;
}

static lead_status write_block(lead_page *page, const unsigned char *bytes, size_t length) {
    unsigned char *packed = NULL;
    char *text = NULL, tag[80];
    size_t count = 0;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(zip(bytes, length, &packed, &count));
    LEAD_TRY_FREE(lead_calloc(BASE64_ENCODE_RAW_LENGTH(count) + 1, 1, &text));
    base64_encode_raw(text, count, packed);
    snprintf(tag, sizeof tag, "<script type=\"text/plain\" id=\"block-%d\">", page->blocks++);
    print(page, tag);
    print(page, text);
    print(page, "</script>\n");
fail:
    free(packed);
    free(text);
    return status;
}

static json_t *place_of(const lead_page *page, const char *type, size_t count) {
    json_t *place = json_object();
    json_object_set_new(place, "block", json_integer(page->blocks - 1));
    json_object_set_new(place, "type", json_string(type));
    json_object_set_new(place, "count", json_integer((json_int_t)count));
    return place;
}

lead_status lead_page_bytes(lead_page *page, const unsigned char *values, size_t count,
                            json_t **place) {
    LEAD_TRY(write_block(page, values, count));
    *place = place_of(page, "u1", count);
    return LEAD_OK;
}

/* The bits of a float32; rounded to nearest, ties away from 0, at the mantissa's bit MANTISSA. */
static uint32_t bits_of(double value, bool rounded) {
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    bool finite = (bits >> 23 & 0xff) != 0xff;
    if (rounded && finite)
        bits = (bits + (1u << (22 - MANTISSA))) & ~((1u << (23 - MANTISSA)) - 1);
    return bits;
}

lead_status lead_page_floats(lead_page *page, const double *values, size_t count, bool rounded,
                             json_t **place) {
    unsigned char *bytes;
    LEAD_TRY(lead_calloc(count * 4, 1, &bytes));
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = bits_of(values[i], rounded);
        for (size_t k = 0; k < 4; k++)
            bytes[k * count + i] = (unsigned char)(bits >> (8 * k));
    }
    lead_status status = write_block(page, bytes, count * 4);
    free(bytes);
    LEAD_TRY(status);
    *place = place_of(page, "f4", count);
    return LEAD_OK;
}

/* --- the rest --------------------------------------------------------------------------------- */

/* JSON whose strings are ASCII and hold no "<": nothing in it ends the element that it is in. */
static void print_json(lead_page *page, const char *text) {
    while (*text) {
        size_t plain = strcspn(text, "<");
        lead_file_printf(page->writer, "%.*s", (int)plain, text);
        page->bytes += plain;
        text += plain;
        if (*text == '<') {
            print(page, "\\u003c");
            text++;
        }
    }
}

lead_status lead_page_finish(lead_page *page, json_t *data) {
    char *text = json_dumps(data, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12));
    json_decref(data);
    if (!text)
        return lead_fail(LEAD_MEMORY, "no memory for the page's data");
    print(page, "<script type=\"application/json\" id=\"lead-data\">");
    print_json(page, text);
    print(page, "</script>\n");
    print(page, page->tail);
    free(text);
    return lead_file_writer_finish(page->writer);
}

json_t *lead_page_text(const char *text) {
    json_t *string = json_string(text);
    char *shown;
    if (string || lead_calloc(4 * strlen(text) + 1, 1, &shown) != LEAD_OK)
        return string ? string : json_null();
    string = json_string(lead_printable(text, shown, 4 * strlen(text) + 1));
    free(shown);
    return string ? string : json_null();
}
