/* archive: what a TorchScript archive holds is looked at before libtorch reads it. */
#include "predict/torch/archive.h"
#include "predict/torch/zip.h"
#include "support.h"

/* A text that is `count` times `part`, between `before` and `after`. */
static char *repeated(const char *before, const char *part, int count, const char *after) {
    size_t size = strlen(before) + strlen(part) * (size_t)count + strlen(after) + 1;
    char *text = calloc(size, 1), *at = text;
    assert_non_null(text);
    at += snprintf(at, size, "%s", before);
    for (int i = 0; i < count; i++)
        at += snprintf(at, size - (size_t)(at - text), "%s", part);
    snprintf(at, size - (size_t)(at - text), "%s", after);
    return text;
}

static void code_that_only_computes_passes(void **state) {
    (void)state;
    static const char *const good[] = {
        "",
        "def forward(self, h: Tensor) -> Tensor:\n  return torch.slice(h, 1, -1)\n",
        "class M(Module):\n  __parameters__ = [\"save\"]\n  save : Tensor\n  x : Final[int] = 5\n",
        "class E(Enum):\n  RED = 1\n",
        "_0 = getattr(self, \"0\")\n_1 = (getattr(self, 'layer_1') ).forward(x)\n",
        "x = ops.prim.NumToTensor(torch.size(x, 0))\ny = ops.aten.add(x, x)\n",
        "ops.prim.RaiseException(\"torch.save(x, 'file')\", \"builtins.ValueError\")\n",
        "# torch.save(x, \"f\")\nx = '''\ntorch.save\n'''\n",
        "saved = torch.add(save_it, from_file_count)\n",
        "x = \"a \\\" b\"\nif a != b:\n  x = - - 1.5e-3\n",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (lead_archive_check_code(good[i], strlen(good[i])) != LEAD_OK)
            fail_msg("%s: %s", good[i], lead_last_message());
    char *list = repeated("x = [", "-1.5, (2, 3), ", 50000, "]\n");
    assert_ok(lead_archive_check_code(list, strlen(list)));
    free(list);
}

static void code_that_does_more_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *code, *said;
    } bad[] = {
        {"x = 1\ntorch.save(x, \"f\")\n", "line 2: uses \"save\""},
        {"torch . save(x, \"f\")\n", "\"save\""},
        {"f(torch.\n  save(x, \"f\"))\n", "line 2: uses \"save\""},
        {"x.save(\"f\")\n", "\"save\""},
        {"ops.aten.save(x, \"f\")\n", "\"save\""},
        {"s = torch.save\n", "\"save\""},
        {"x = torch.from_file(\"/etc/passwd\", False, 10)\n", "\"from_file\""},
        {"x = \"/etc/passwd\".from_file()\n", "\"from_file\""},
        {"getattr(x, \"save\")(\"f\")\n", "\"save\""},
        {"getattr(x, \"sa\" \"ve\")(\"f\")\n", "put together"},
        {"getattr(x, \"sa\\x76e\")(\"f\")\n", "odd characters"},
        {"getattr(x, '''save''')(\"f\")\n", "\"save\""},
        {"print(\"\\x1b]0;owned\")\n", "\"print\""},
        {"ops.prim.Print(x)\n", "\"Print\""},
        {"ops.c10d.send(x)\n", "c10d"},
        {"ops.image.read_file(\"f\")\n", "ops.image"},
        {"ops . image.read_file(\"f\")\n", "ops.image"},
        {"rpc_async(a, b)\n", "\"rpc_async\""},
        {"x = __torch__.torch.classes.dist_c10d.FileStore(\"f\", 1)\n", "\"classes\""},
        {"x = 'a\nb'\n", "line 1: a text in quotes does not end"},
        {"x = \"a\n", "does not end"},
        {"class M(Module):\n  __buffevs__ = []\n", "line 2: attribute \"__buffevs__\" has no type"},
        {"x = 1\n\nclass M:\n  y = 1\n", "line 4: attribute \"y\" has no type"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(lead_archive_check_code(bad[i].code, strlen(bad[i].code)), LEAD_FORMAT,
                     bad[i].said);
    assert_fails(lead_archive_check_code("x\0y", 3), LEAD_FORMAT, "no text");
}

/* Everything that libtorch follows as deep as it goes. */
static void code_that_is_too_deep_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *before, *part, *after;
        int fine, much;
    } table[] = {{"x = ", "-", "y\n", 150, 100000},
                 {"x = ", "- ", "y\n", 150, 100000},
                 {"x = ", "not ", "y\n", 150, 100000},
                 {"x = ", "~", "y\n", 150, 100000},
                 {"x = ", "(", "y\n", 150, 100000},
                 {"x = ", "[", "y\n", 150, 100000},
                 {"x : ", "List[", "y\n", 150, 100000},
                 {"x = ", "f(-", "y\n", 150, 100000},
                 {"x = y", "+y", "\n", 1000, 100000},
                 {"x = y", " and y", "\n", 1000, 100000},
                 {"x = y", " if a else y", "\n", 1000, 100000},
                 {"x = y", ".a", "\n", 1000, 100000},
                 {"x = y", "[0]", "\n", 1000, 100000},
                 {"x = y", "()", "\n", 1000, 100000},
                 {"x = y", "+(y)", "\n", 900, 100000},
                 {"if a:\n  x\n", "elif a:\n  x\n", "\n", 150, 10000},
                 {"if a:\n", " ", "x\n", 300, 100000}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *fine = repeated(table[i].before, table[i].part, table[i].fine, table[i].after),
             *much = repeated(table[i].before, table[i].part, table[i].much, table[i].after);
        if (lead_archive_check_code(fine, strlen(fine)) != LEAD_OK)
            fail_msg("%d x \"%s\": %s", table[i].fine, table[i].part, lead_last_message());
        assert_fails(lead_archive_check_code(much, strlen(much)), LEAD_FORMAT, "at most");
        free(fine);
        free(much);
    }
}

static void pickles(void **state) {
    (void)state;
    char *deep = repeated("\x80\x02)", "\x85", 100000, ".");
    static const struct {
        const char *bytes;
        size_t length;
        const char *said; /* NULL: fine */
    } table[] = {{"\x80\x02).", 4, NULL},
                 {"\x80\x02"
                  "c__torch__\nM\nq\0)\x81}(X\1\0\0\0xK\4ub.",
                  33, NULL},
                 {"", 0, "no end"},
                 {"\x80\x02)", 3, "no end"},
                 {"\x80", 1, "ends in an instruction"},
                 {"\x80\x02X\xff\xff\xff\x7f.", 8, "ends in an instruction"},
                 {"\x80\x02"
                  "cno line end",
                  14, "ends in an instruction"},
                 {"\x80\x02\xff.", 4, "there is no instruction 255"},
                 {"\x80\x02"
                  "c__torch__.torch.classes.dist_c10d\nFileStore\n.",
                  48, "torch.classes"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const unsigned char *bytes = (const unsigned char *)table[i].bytes;
        if (table[i].said)
            assert_fails(lead_archive_check_pickle(bytes, table[i].length), LEAD_FORMAT,
                         table[i].said);
        else
            assert_ok(lead_archive_check_pickle(bytes, table[i].length));
    }
    assert_fails(lead_archive_check_pickle((unsigned char *)deep, 3 + 100000 + 1), LEAD_FORMAT,
                 "more than 20000 values in values");
    char type[1000] = "\x80\x02X\xd0\x03";
    memset(type + 7, '[', 0x3d0);
    assert_fails(lead_archive_check_pickle((unsigned char *)type, 7 + 0x3d0), LEAD_FORMAT,
                 "more than 200 brackets");
    free(deep);
}

/* A shipped archive passes; with any one of its bytes of structure changed it is refused or still
 * the same program. */
static void damaged_archives(void **state) {
    (void)state;
    char path[1000], *bytes;
    snprintf(path, sizeof path, "%s/models/tests/fixtures/last.pt", getenv("LEAD_SOURCE"));
    assert_ok(lead_archive_check(path));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    bytes = calloc(1, 4096);
    size_t length = fread(bytes, 1, 4096, file);
    fclose(file);
    assert_in_range(length, 500, 4000);
    for (size_t cut = 0; cut < length; cut += 7) {
        const char *copy = test_path("cut.pt");
        file = fopen(copy, "wb");
        fwrite(bytes, 1, cut, file);
        fclose(file);
        assert_fails(lead_archive_check(copy), LEAD_FORMAT, "cut.pt: ");
    }
    int refused = 0;
    for (size_t at = 0; at < length; at++) {
        const char *copy = test_path("flipped.pt");
        bytes[at] ^= 0x55;
        file = fopen(copy, "wb");
        fwrite(bytes, 1, length, file);
        fclose(file);
        bytes[at] ^= 0x55;
        refused += lead_archive_check(copy) != LEAD_OK;
    }
    assert_true(refused > (int)length / 2);
    free(bytes);
    assert_fails(lead_archive_check("/nowhere.pt"), LEAD_IO, "/nowhere.pt: cannot be opened");
    assert_fails(lead_archive_check("/dev/zero"), LEAD_IO, "not a regular file");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(code_that_only_computes_passes),
                                       cmocka_unit_test(code_that_does_more_is_refused),
                                       cmocka_unit_test(code_that_is_too_deep_is_refused),
                                       cmocka_unit_test(pickles),
                                       cmocka_unit_test(damaged_archives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
