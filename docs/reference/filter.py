"""A header as Doxygen wants it: `filter.py HEADER` prints it with its comments marked as documentation, and their signs harmless.

A comment at the beginning of a line is about what follows, one behind code is about what stands before it; a rule ("--- status ---")
begins a group that ends at the next one.
"""
import re
import sys

TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|/\*.*?\*/', re.S)
RULE = re.compile(r"/\* -{3} (.+?) -{3,} ?\*/")


def harmless(text):
    """Backslashes, at signs, tags and the like are meant as they stand; so are stars, but for those that begin a line."""
    text = re.sub(r"([\\@<>#%])", r"\\\1", text)
    return re.sub(r"(?<=\S)\*|\*(?=\S)", r"\\*", text)


def marked(comment, begins_line):
    inner = comment[2:-2]
    first, *rest = inner.split("\n")
    lines = [first.strip()] + [re.sub(r"^ *\* ?", "", line) for line in rest]
    sign = "/**" if begins_line else "/**<"
    return sign + " " + "\n * ".join(harmless(line) for line in lines).strip() + " */"


def filtered(text):
    text = re.sub(r"#(define|undef) X\b.*\n", "", text)  # of lists that make an enum
    head = text.index("*/") + 2
    parts, at, groups = ["/** @file\n * " + marked(text[:head], True)[4:]], head, 0
    for token in TOKENS.finditer(text, head):
        parts.append(text[at:token.start()])
        at = token.end()
        word = token.group()
        rule = RULE.fullmatch(word)
        if rule:
            parts.append(("/** @} */\n" if groups else "") + f"/** @name {rule.group(1)}\n * @{{ */")
            groups = 1
        elif word.startswith("/*"):
            line = text[text.rfind("\n", 0, token.start()) + 1:token.start()]
            parts.append(marked(word, not line.strip()))
        else:
            parts.append(word)
    parts.append(text[at:])
    whole = "".join(parts)
    if groups:
        end = whole.rindex("#ifdef __cplusplus")
        whole = whole[:end] + "/** @} */\n" + whole[end:]
    return whole


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(filtered(file.read()), end="")
