"""Pages in parts: definitions in files, pages' texts, and that the table of dependencies leaves nothing out that is included."""
import os
import re
import subprocess
import unittest

from results import parts

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHELL = "one() {\n    echo 1\n}\n\n# of two\ntwo() { echo 2; }\nthree() {\n    cat <<'END'\nfour\nEND\n}\n"
PYTHON = "SIZES = (1,\n         2)\nMORE = 3\n\n\ndef first():\n    return {\n}\n\n\n# a word\ndef second(a):\n    return SIZES\n"
CMAKE = "set(FLAGS \"-O2\")\nadd_library(flags X)\nset(MORE 1)\ntarget_link(flags\n  a\n)\n"
# What draws and writes down, and a header that an `#ifdef` includes: these change no figure.
BESIDE = {"models/experiments/figure.py", "models/experiments/page.py", "models/export.py", "glue/ns3/ns3c.h"}


class Definitions(unittest.TestCase):
    def test_of_the_shell(self):
        self.assertEqual(parts.definition(SHELL, "one"), "one() {\n    echo 1\n}")
        self.assertEqual(parts.definition(SHELL, "two"), "two() { echo 2; }")
        self.assertEqual(parts.definition(SHELL, "three"), "three() {\n    cat <<'END'\nfour\nEND\n}")

    def test_of_python_and_cmake(self):
        self.assertEqual(parts.definition(PYTHON, "SIZES"), "SIZES = (1,\n         2)")
        self.assertEqual(parts.definition(PYTHON, "first"), "def first():\n    return {\n}")
        self.assertEqual(parts.definition(PYTHON, "second"), "def second(a):\n    return SIZES")
        self.assertEqual(parts.definition(CMAKE, "FLAGS"), "set(FLAGS \"-O2\")")
        self.assertEqual(parts.definition(CMAKE, "flags"), "add_library(flags X)\ntarget_link(flags\n  a\n)")
        self.assertEqual(parts.definition(CMAKE, "FLAG"), "")


class Essence(unittest.TestCase):
    def test_of_c(self):
        said = 'int a; // one\n\n/* two\nlines */\nchar *b = "// none", c = \'"\'; /* three */ int d;\n#define E 1 // four \\\nfour\nint f;\n'
        bare = 'int a;\nchar *b = "// none", c = \'"\';   int d;\n#define E 1\nint f;'
        self.assertEqual(parts.essence("x.c", said), bare)
        self.assertEqual(parts.essence("x.h", bare), bare)
        self.assertNotEqual(parts.essence("x.c", bare.replace("// none", "// some")), bare)

    def test_of_python(self):
        said = '"""Of the file."""\nA = 1  # one\n\n\n# two\ndef f(x):\n    """Of f:\n    two lines."""\n    return "# none" if x else """three\n"""\n'
        bare = 'A = 1\ndef f(x):\n    return "# none" if x else """three\n"""'
        self.assertEqual(parts.essence("x.py", said), bare)
        self.assertEqual(parts.essence("x.py", bare + "\n"), bare)
        self.assertNotEqual(parts.essence("x.py", bare.replace("# none", "# some")), bare)

    def test_others_stay_as_they_are(self):
        self.assertEqual(parts.essence("x.yaml", "a: 1 # one\n\n"), "a: 1 # one\n\n")


class Pages(unittest.TestCase):
    def test_parts_come_in_their_order_and_words_between_stay(self):
        text = "# Title\n"
        for part in ("c", "a", "b"):
            text = parts.with_part("page", text, ["a", "b", "c"], part, parts.framed(part, f"of {part}", {"x": "1"}))
        self.assertEqual(list(parts.kept_parts("page", text)), ["a", "b", "c"])
        text = parts.with_part("page", f"{text}\nThe end.\n", ["a", "b", "c"], "b", parts.framed("b", "new", {"x": "2"}))
        self.assertTrue(text.startswith("# Title\n\n<!-- part: a "))
        self.assertTrue(text.endswith("-->\n\nThe end.\n"))
        kept = parts.kept_parts("page", text)
        self.assertEqual([kept[part].text for part in "abc"], ["of a\n", "new\n", "of c\n"])
        self.assertEqual(kept["b"].stamp, {"x": "2"})
        self.assertFalse(any(part.edited for part in kept.values()))
        self.assertTrue(parts.kept_parts("page", text.replace("new", "newer"))["b"].edited)

    def test_comments_that_do_not_go_in_pairs_are_refused(self):
        block = parts.framed("a", "of a", {"x": "1"})
        for text in (block + block, block.replace("<!-- end: a", "<!-- end: b"), block.split("<!-- end")[0]):
            with self.assertRaises(SystemExit):
                parts.kept_parts("page", text)


def included(path):
    """Files of ours that a file includes or imports."""
    with open(path) as file:
        text = file.read()
    if path.endswith(".py"):
        pairs = [(package, name.strip()) for package, names in re.findall(r"^from (models[\w.]*) import ([\w, ]+)$", text, re.MULTILINE)
                 for name in names.split(",")]
        places = [(f"{package.replace('.', '/')}/{name}.py", f"{package.replace('.', '/')}.py") for package, name in pairs]
    else:
        names = re.findall(r'^#include ["<]([^">]+)[">]', text, re.MULTILINE)
        places = [(f"module/{name}", f"module/include/{name}", f"glue/{name}", os.path.normpath(f"{os.path.dirname(path)}/{name}")) for name in names]
    return {place for several in places for place in several if os.path.isfile(place)}


@unittest.skipIf(subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True).returncode != 0, "not in a repository")
class Table(unittest.TestCase):
    def setUp(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(ROOT)
        self.table, self.sources = parts.read_table(), parts.Sources()

    def each(self):
        for page, of_page in self.table.items():
            for part, dependencies in of_page.items():
                yield f"{page}: {part}", [dependency for dependency in dependencies if not parts.is_outside(dependency)]

    def test_it_names_what_is_there(self):
        for name, dependencies in self.each():
            absent = [dependency for dependency in dependencies if self.sources.digest_of(dependency) == parts.ABSENT]
            self.assertEqual(absent, [], name)

    def test_it_has_what_is_included(self):
        for name, dependencies in self.each():
            files = {file for dependency in dependencies if ":" not in dependency for file in self.sources.matching(dependency)}
            more = {file for path in files if path.endswith((".c", ".h", ".cc", ".py")) for file in included(path)} - files - BESIDE
            self.assertEqual(sorted(more), [], name)


if __name__ == "__main__":
    unittest.main()
