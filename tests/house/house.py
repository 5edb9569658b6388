"""The house's rules, from its #include lines: which folder may include which (arrows.txt), no circle of files or folders, no folder
that holds more than 15 files or 12 % of the lines, no arrow in the table that nothing needs.

house.py SOURCE           checks; prints what is wrong and ends with 1
house.py SOURCE --draw    the picture for docs/design.md
"""
import collections
import os
import re
import sys

MOST_FILES, MOST_SHARE = 15, 0.12
INCLUDE = re.compile(r'#include\s+[<"]([a-z0-9_/]+\.hh?)[>"]')


def sources(root):
    """Every file of the house: its name as includes have it -> its folder in the table."""
    files = {}
    for room in "module", "glue":
        for folder, _, names in os.walk(os.path.join(root, room)):
            for name in names:
                if name.endswith((".c", ".h", ".cc")):
                    path = os.path.join(folder, name)
                    inside = os.path.relpath(path, os.path.join(root, room))
                    inside = inside[len("include/"):] if inside.startswith("include/") else inside
                    files[inside] = path
    return files


def room_of(name):
    """A file's place in the table: its folder; each public header, lead/NAME.h, is one of its own."""
    return name[:-2] if name.startswith("lead/") else os.path.dirname(name)


def includes(files):
    """file -> files of the house that it includes."""
    graph = {}
    for name, path in files.items():
        found = INCLUDE.findall(open(path, encoding="utf-8").read())
        beside = [os.path.join(os.path.dirname(name), other) for other in found] # glue names its own files without their folder
        graph[name] = [other for other in found + beside if other in files]
    return graph


def arrows_of(graph):
    arrows = collections.defaultdict(set)
    for name, wanted in graph.items():
        arrows[room_of(name)] |= {room_of(other) for other in wanted} - {room_of(name)}
    return arrows


def circle(graph):
    """One circle of the graph as a list; [] when there is none."""
    state, path = {}, []

    def visit(node):
        state[node] = 1
        path.append(node)
        for other in sorted(graph.get(node, ())):
            if state.get(other) == 1:
                return path[path.index(other):] + [other]
            if other not in state:
                found = visit(other)
                if found:
                    return found
        state[node] = 2
        path.pop()
        return []

    for node in sorted(graph):
        if node not in state:
            found = visit(node)
            if found:
                return found
    return []


def read_table(path):
    table = {}
    for line in open(path, encoding="utf-8"):
        line = line.split("#")[0].strip()
        if line:
            room, _, allowed = line.partition(":")
            table[room.strip()] = set(allowed.split())
    return table


def check_sizes(files):
    wrong = []
    lines, count = collections.Counter(), collections.Counter()
    for name, path in files.items():
        folder = os.path.dirname(name)
        lines[folder] += sum(1 for _ in open(path, encoding="utf-8"))
        count[folder] += 1
    for folder in sorted(count):
        if count[folder] > MOST_FILES and folder != "lead":  # public headers: one a room
            wrong.append(f"{folder} holds {count[folder]} files, more than {MOST_FILES}: make rooms in it")
        if lines[folder] > MOST_SHARE * sum(lines.values()):
            wrong.append(f"{folder} holds {lines[folder]} of {sum(lines.values())} lines, more than {100 * MOST_SHARE:.0f} %")
    return wrong


def check(root):
    files = sources(root)
    graph = includes(files)
    arrows, table = arrows_of(graph), read_table(os.path.join(root, "tests/house/arrows.txt"))
    wrong = check_sizes(files)
    for room in sorted(set(arrows) | set(table)):
        for other in sorted(arrows[room] - table.get(room, set())):
            example = next(n for n in sorted(graph) if room_of(n) == room and any(room_of(o) == other for o in graph[n]))
            wrong.append(f"{example} includes from {other}, which arrows.txt does not allow {room}")
        for other in sorted(table.get(room, set()) - arrows[room]):
            wrong.append(f"arrows.txt allows {room} to include from {other}: nothing does")
    for what, of in ("files", {n: set(w) - {n} for n, w in graph.items()}), ("folders", table):
        found = circle(of)
        if found:
            wrong.append(f"a circle of {what}: {' -> '.join(found)}")
    return wrong


def draw(root):
    """Ground floor only: a room's inner rooms count as the room. Full arrows: the room's own headers; dotted: public ones."""
    table = read_table(os.path.join(root, "tests/house/arrows.txt"))
    home = {"attach": "run", "evaluate": "run"}  # public headers whose room has another name

    def floor(room):
        name = room.split("/")[1 if room.startswith("lead/") else 0]
        return home.get(name, name)

    full, dotted = set(), set()
    for room, allowed in table.items():
        for other in allowed if not room.startswith("lead/") else ():
            edge = floor(room), floor(other)
            if edge[0] != edge[1] and edge[1] != "base":
                (dotted if other.startswith("lead/") else full).add(edge)
    lines = [f"    {a} --> {b}" for a, b in sorted(full)] + [f"    {a} -.-> {b}" for a, b in sorted(dotted - full)]
    return "\n".join(["```mermaid", "graph TD"] + lines + ["```"])


def main():
    if "--draw" in sys.argv:
        print(draw(sys.argv[1]))
        return 0
    wrong = check(sys.argv[1])
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
