"""Pages are made part by part: each part carries a hash of what it was measured from, and is measured again when that differs.

    python3 -m results.parts list [PAGE ...]               what is current, without building or measuring anything
    python3 -m results.parts choose PAGE FOLDER [PART ...]  names of parts to measure; their stamps go to FOLDER/PART.stamp
    python3 -m results.parts put PAGE PART STAMP            standard input becomes the part's text
    python3 -m results.parts stamp PAGE PART [--at COMMIT]  the stamp of now, or of a commit's files

results/parts.ini says what each part depends on: a tracked file, folder or pattern (its * goes over folders, too); FILE:NAME,NAME,
definitions in a file, such as the functions of a program that measures several parts; data:FILE in LEAD_DATA or scenarios/data;
env:VARIABLE, the folder that it names; made:PATTERN, files that git does not keep; value:VARIABLE, what it is set to. Tracked files
count as they are in the working tree, those of C, C++ and Python without comments and blank lines: a comment changes no figure.

In a page a part stands between two comments. The first has its hash, the last one that of its text, so that changes by hand show, and
a digest of everything it depends on, so that what changed can be named: "-" was not there, "?" is not known. What stands outside of
parts is written by hand and stays as it is.
"""
import argparse
import configparser
import fnmatch
import functools
import glob
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import tokenize
from datetime import datetime, timezone

TABLE = "results/parts.ini"
PART = re.compile(r"<!-- part: (\S+) (\w+) -->\n(.*?)<!-- end: \1 (\w+)\n(.*?)-->\n", re.S)
ABSENT, UNKNOWN = "-", "?"


# --- what parts depend on ---------------------------------------------------------------------------------------------------


def read_table(path=TABLE):
    """{page: {part: [dependency]}}, in the order of the table."""
    table = configparser.ConfigParser(delimiters="=", interpolation=configparser.ExtendedInterpolation())
    table.optionxform = str
    with open(path) as file:
        table.read_file(file)
    return {page: {part: [one for word in table[page][part].split() for one in each_name(word)] for part in table[page]}
            for page in table.sections() if page.endswith(".md")}


def each_name(word):
    """FILE:A and FILE:B of FILE:A,B."""
    file, colon, names = word.partition(":")
    return [word] if not colon or is_outside(word) else [f"{file}:{name}" for name in names.split(",")]


def is_outside(dependency):
    return dependency.startswith(("data:", "env:", "made:", "value:"))


def digest(content, digits=12):
    return hashlib.sha256(content).hexdigest()[:digits]


def c_without_comments(text):
    return C_PIECES.sub(lambda piece: " " if piece[0].startswith("/") else piece[0], text)


def python_without_comments(text):
    """Nor docstrings: strings that are a whole line of code."""
    lines, line = text.splitlines(), []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            erase(lines, token)
        elif token.type == tokenize.NEWLINE:
            if [part.type for part in line] == [tokenize.STRING]:
                erase(lines, line[0])
            line = []
        elif token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
            line.append(token)
    return "\n".join(lines)


def erase(lines, token):
    """Empties what a token covers, and nothing else; the count of lines stays."""
    (first, start), (last, end) = token.start, token.end
    rest = lines[last - 1][end:]
    lines[first - 1:last] = [lines[first - 1][:start], *[""] * (last - first)]
    lines[last - 1] += rest


def essence(path, text):
    """What of a source's text can change a figure."""
    strip = WITHOUT_COMMENTS.get(os.path.splitext(path)[1])
    return "\n".join(line.rstrip() for line in strip(text).splitlines() if line.strip()) if strip else text


# Comments, and the strings and characters that are none.
C_PIECES = re.compile(r'//(?:\\\n|[^\n])*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
WITHOUT_COMMENTS = {".c": c_without_comments, ".h": c_without_comments, ".cc": c_without_comments, ".py": python_without_comments}


@functools.cache
def file_digest(path):
    if os.path.splitext(path)[1] not in WITHOUT_COMMENTS:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    with open(path, encoding="utf-8") as file:
        return hashlib.sha256(essence(path, file.read()).encode()).hexdigest()


def files_digest(named):
    """Of {name: path}: of names and contents; ABSENT without any."""
    named = {name: path for name, path in named.items() if os.path.isfile(path)}
    lines = "".join(f"{name} {file_digest(path)}\n" for name, path in sorted(named.items()))
    return digest(lines.encode(), 8) if named else ABSENT


def definition(text, name):
    """The blocks of lines that define a name: a shell function, a function or value of Python, a command of CMake upon it."""
    begins, found, inside, shell = re.compile(rf"(?:def |class |\w+\()?{re.escape(name)}\b"), [], False, False
    for line in text.splitlines():
        if inside and line[:1] not in ("", " ", "\t", ")", "]", "}") and not shell:
            inside = False
        if not inside and begins.match(line):
            inside, shell = True, line.startswith(f"{name}() {{") and not line.endswith("}")
        if inside and line:
            found.append(line)
        if line == "}":
            inside = shell = False
    return "\n".join(found)


class Sources:
    """Tracked files: as they are in the working tree."""
    def __init__(self):
        self.root = "."
        listed = subprocess.run(["git", "ls-files", "-z"], stdout=subprocess.PIPE, text=True)
        if listed.returncode != 0:
            raise SystemExit("what a part depends on is told by git: this is not its repository")
        self.names = listed.stdout.split("\0")

    def matching(self, pattern):
        return {name: f"{self.root}/{name}" for name in self.names
                if name == pattern or name.startswith(f"{pattern}/") or fnmatch.fnmatchcase(name, pattern)}

    def definition_digest(self, file, name):
        if file not in self.names or not os.path.isfile(f"{self.root}/{file}"):
            return ABSENT
        with open(f"{self.root}/{file}") as opened:
            found = definition(essence(file, opened.read()), name)
        return digest(found.encode(), 8) if found else ABSENT

    def outside(self, kind, name):
        """The digest of what git does not keep."""
        if kind == "value":
            return digest(os.environ[name].encode(), 8) if name in os.environ else "default"
        if kind == "data":
            places = [f"{folder}/{name}" for folder in (os.environ.get("LEAD_DATA"), "scenarios/data") if folder]
            return files_digest({name: path for path in reversed(places) if os.path.isfile(path)})
        if kind == "env":
            folder = os.environ.get(name)
            return files_digest({os.path.relpath(path, folder): path for path in glob.glob(f"{folder}/**", recursive=True)}) if folder else ABSENT
        return files_digest({path: path for path in glob.glob(name, recursive=True)})

    @functools.cache
    def digest_of(self, dependency):
        kind, colon, name = dependency.partition(":")
        if is_outside(dependency):
            return self.outside(kind, name)
        return self.definition_digest(kind, name) if colon else files_digest(self.matching(dependency))


class SourcesAt(Sources):
    """Tracked files as a commit has them, in a folder of their own; nobody knows what lay beside them."""
    def __init__(self, commit, folder):
        archive = f"{folder}/archive.tar"
        subprocess.run(["git", "archive", "-o", archive, commit], check=True)
        self.root = f"{folder}/tree"
        with tarfile.open(archive) as opened:
            opened.extractall(self.root)
        self.names = [os.path.relpath(f"{where}/{name}", self.root) for where, _, names in os.walk(self.root) for name in names]

    def outside(self, kind, name):
        return UNKNOWN


def stamp_of(dependencies, sources):
    """{dependency: digest}"""
    return {dependency: sources.digest_of(dependency) for dependency in dependencies}


def stamp_words(stamp):
    """As pages have it; in one order, whatever that of the table."""
    words = " ".join(f"{dependency}={value}" for dependency, value in sorted(stamp.items()))
    return textwrap.fill(words, 140, break_long_words=False, break_on_hyphens=False) + "\n"


def parse_stamp(text):
    return dict(word.rsplit("=", 1) for word in text.split())


def stamp_hash(stamp):
    return digest(stamp_words(stamp).encode())


# --- pages ------------------------------------------------------------------------------------------------------------------


class Kept:
    """A part as its page has it."""
    def __init__(self, match):
        self.span = match.span()
        said_stamp, self.text, said_text, words = match.group(2, 3, 4, 5)
        self.stamp = parse_stamp(words)
        self.edited = (stamp_hash(self.stamp), digest(self.text.encode())) != (said_stamp, said_text)


def read_page(path):
    if not os.path.exists(path):
        return ""
    with open(path) as file:
        return file.read()


def kept_parts(page, text):
    """{part: Kept}; refuses a page whose comments do not go in pairs."""
    kept = {match.group(1): Kept(match) for match in PART.finditer(text)}
    if not len(kept) == text.count("<!-- part: ") == text.count("<!-- end: "):
        raise SystemExit(f"{page}: the comments before and after a part are not in order, or one part is there twice")
    return kept


def framed(part, body, stamp):
    """A part with the comments around it."""
    body = body.strip("\n") + "\n"
    return f"<!-- part: {part} {stamp_hash(stamp)} -->\n{body}<!-- end: {part} {digest(body.encode())}\n{stamp_words(stamp)}-->\n"


def with_part(page, text, order, part, block):
    """The page's text with the part in it: in its place, or after the parts that come before it in `order`, or at the end of what is
    written before the first part."""
    kept = kept_parts(page, text)
    if part in kept:
        start, end = kept[part].span
        return text[:start] + block + text[end:]
    before = [kept[name].span[1] for name in order[:order.index(part)] if name in kept]
    after = [found.span[0] for found in kept.values()]
    if before:
        at = max(before)
        return f"{text[:at]}\n{block}{text[at:]}"
    at = min(after, default=len(text))
    return f"{text[:at]}{block}\n{text[at:]}" if after else f"{text}\n{block}".lstrip("\n")


def write_page(page, text):
    os.makedirs(os.path.dirname(page) or ".", exist_ok=True)
    with open(f"{page}.part", "w") as file:
        file.write(text)
    os.replace(f"{page}.part", page)


def machine():
    """"2 cores of AMD EPYC"."""
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{os.cpu_count()} cores" + (f" of {names[0]}" if names else "")


def put(page, part, body, stamp, order, title=""):
    """Writes a part that was measured from what `stamp` says; `order`: the page's parts, `title`: the page's, which may be new."""
    words = f"Measured from {stamp_hash(stamp)}, on {machine()}, {datetime.now(timezone.utc):%Y-%m-%d}."
    block = framed(part, body.strip("\n") + f"\n\n{words}", stamp)
    write_page(page, with_part(page, read_page(page) or title, order, part, block))


# --- what is current --------------------------------------------------------------------------------------------------------


def differing(then, now):
    return [dependency for dependency in dict.fromkeys([*now, *then]) if then.get(dependency) != now.get(dependency)]


def these(dependencies):
    """"module/te, module/net and 3 more"."""
    return ", ".join(dependencies[:3]) + (f" and {len(dependencies) - 3} more" if len(dependencies) > 3 else "")


def lacking(then, now):
    """What the part was, or would be, measured with, and is not at hand."""
    return [dependency for dependency, value in now.items()
            if is_outside(dependency) and value == ABSENT and then.get(dependency) != ABSENT]


def why_changed(then, now):
    changed = differing(then, now)
    unknown = [dependency for dependency in changed if then.get(dependency) == UNKNOWN]
    known = [dependency for dependency in changed if dependency not in unknown]
    return f"since {these(known)} changed" if known else f"since nobody knows what it had for {these(unknown)}"


def judge(kept, now):
    """(whether to measure a part that nobody named, why)."""
    then = kept.stamp if kept else {}
    missing, changed = lacking(then, now), differing(then, now)
    absent = f"not at hand: {these(missing)}"
    if kept and kept.edited:
        return False, "edited by hand: it stays until somebody names it"
    if kept and not changed:
        return False, "current"
    if kept and set(changed) == set(missing):
        return False, f"current but for what is {absent}"
    why = f"out of date, {why_changed(then, now)}" if kept else "not measured yet"
    return not missing, why + (f"; {absent}, so it stays until somebody names it" if missing else "")


def named(parts, words):
    """The parts that words name: each a part's name, or the beginning of some."""
    chosen = []
    for word in words:
        found = [word] if word in parts else [part for part in parts if part.startswith(word)]
        if not found:
            raise SystemExit(f"no part is called {word}: {' '.join(parts)}")
        chosen += found
    return [part for part in parts if part in chosen]


def choose(page, words, sources):
    """{part: stamp} of those to measure; says why."""
    table = read_table()[page]
    kept, wanted, chosen = kept_parts(page, read_page(page)), named(table, words), {}
    for part in wanted or table:
        stamp = stamp_of(table[part], sources)
        measure, why = judge(kept.get(part), stamp)
        if wanted or measure:
            chosen[part] = stamp
        doing = "measured, since it was named" if wanted else why.replace("out of date,", "measured again,") if measure else why
        print(f"{part}: {doing}", file=sys.stderr)
    return chosen


def list_page(page, table, sources):
    kept = kept_parts(page, read_page(page))
    print(page)
    for part, dependencies in table.items():
        print(f"  {part:22} {judge(kept.get(part), stamp_of(dependencies, sources))[1]}")
    for part in kept.keys() - table.keys():
        print(f"  {part:22} not in {TABLE}")


# --- commands ---------------------------------------------------------------------------------------------------------------


def run_list(arguments):
    table, sources = read_table(), Sources()
    for page in arguments.page or table:
        list_page(page, table[page], sources)


def run_choose(arguments):
    for part, stamp in choose(arguments.page, arguments.part, Sources()).items():
        with open(f"{arguments.folder}/{part}.stamp", "w") as file:
            file.write(stamp_words(stamp))
        print(part)


def run_put(arguments):
    with open(arguments.stamp) as file:
        stamp = parse_stamp(file.read())
    put(arguments.page, arguments.part, sys.stdin.read(), stamp, list(read_table()[arguments.page]))
    changed = differing(stamp, stamp_of(stamp, Sources()))
    if changed:
        print(f"{arguments.part}: out of date again, since {these(changed)} changed while it was measured", file=sys.stderr)


def run_stamp(arguments):
    dependencies = read_table()[arguments.page][arguments.part]
    with tempfile.TemporaryDirectory() as folder:
        sources = SourcesAt(arguments.at, folder) if arguments.at else Sources()
        print(stamp_words(stamp_of(dependencies, sources)), end="")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for run, places in ((run_list, {"page": "*"}), (run_choose, {"page": None, "folder": None, "part": "*"}),
                        (run_put, {"page": None, "part": None, "stamp": None}), (run_stamp, {"page": None, "part": None})):
        command = commands.add_parser(run.__name__.removeprefix("run_"))
        command.set_defaults(run=run)
        for place, count in places.items():
            command.add_argument(place, nargs=count)
    command.add_argument("--at", metavar="COMMIT")
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
