"""How files look: opening paragraphs, lengths, words."""

import re

MOST_LINES = 400
MOST_COLUMNS = 120
CODE = (".cpp", ".hpp", ".py")

UNFINISHED = re.compile(r"\bFIX" + r"ME\b|\bXX" + r"X\b")
# Paths of somebody's machine.
MACHINE_PATH = re.compile(r"(?<![\w.~>}*-])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/[a-z][\w-]*)/(?=[\w.])")

# Words that say nothing, and what to say instead.
TYPE_WORDS = {
    "Manager": "name what it owns or decides (Pool, Registry, Reconciler)",
    "Helper": "name what it does, or make it functions of a file named after their subject",
    "Util": "name the subject",
    "Utils": "name the subject",
    "Impl": "give the implementation an adjective (Clock, RealClock)",
}
TYPE_WORD = re.compile(r"\b\w*?(Manager|Helper|Utils?|Impl)(?=\b|[A-Z])")
FUNCTION_WORDS = {
    "do": "drop the prefix: the verb is enough",
    "process": "say what happens (read_, apply_, evaluate_)",
    "handle": "say what happens (answer_, accept_, refuse_)",
}
FUNCTION_WORD = re.compile(r"\b(do|process|handle)_[a-z]\w*\s*\(")
EMPTY_NAME = re.compile(r"\b(tmp|obj)\b")
EMPTY_FOLDERS = {"util", "utils", "common", "core", "helper", "helpers", "misc", "shared"}


def is_script(source):
    return source.text.startswith("#!")


def files_open_with_a_paragraph(tree):
    """Unit tests need none: their path says what they test, and the names of their cases are sentences."""
    for source in tree.sources.values():
        first = source.lines[0] if source.lines else ""
        second = source.lines[1] if len(source.lines) > 1 else ""
        if source.is_cpp and not source.path.endswith("_test.cpp") and not first.startswith("//"):
            yield source.at(1, "a file opens with a paragraph (//) that says what it is and where it stands")
        elif source.path.endswith(".py") and first and not (second if is_script(source) else first).startswith(('"""', "#")):
            yield source.at(1, "a file opens with a docstring that says what it is")
        elif is_script(source) and not source.path.endswith(".py") and not second.startswith(("#", '"""')):
            yield source.at(2, "a script says what it is in its second line")


def files_are_short(tree):
    for source in tree.sources.values():
        if not source.path.endswith(CODE):
            continue
        count = len(source.lines)
        granted, _ = tree.exceptions.get(source.path, (None, None))
        if granted is not None and count <= MOST_LINES:
            yield source.at(1, f"{count} lines: it needs no exception any more; remove it from tools/tidy_exceptions.txt")
        elif count > (granted or MOST_LINES):
            yield source.at(MOST_LINES, f"{count} lines, {granted or MOST_LINES} at most: split it by its nouns")
    for path in tree.exceptions:
        if path not in tree.sources:
            yield next(iter(tree.sources.values())).at(1, f"tools/tidy_exceptions.txt names {path}, which does not exist")


def lines_are_short(tree):
    """A line with a long string or an address in it may be longer: breaking those helps nobody."""
    for source in tree.sources.values():
        if not source.path.endswith(CODE):
            continue
        for number, line in enumerate(source.lines, 1):
            if len(line) <= MOST_COLUMNS or '"' in line or "'" in line or "://" in line:
                continue
            if source.is_cpp and not source.code_lines[number - 1].strip() and not line.lstrip().startswith("//"):
                continue  # inside a raw string
            yield source.at(number, f"{len(line)} columns, {MOST_COLUMNS} at most")


def nothing_is_left_unfinished(tree):
    for source in tree.sources.values():
        for number, line in enumerate(source.lines, 1):
            if UNFINISHED.search(line):
                yield source.at(number, "finish it, or write down the limit in a README")


def paths_are_of_this_project(tree):
    for source in tree.sources.values():
        for match in MACHINE_PATH.finditer(source.text):
            yield source.at(source.text.count("\n", 0, match.start()) + 1, f"{match.group()} is a path of one machine")


def words_say_something(tree):
    for source in tree.sources.values():
        for folder in source.path.split("/")[:-1]:
            if folder in EMPTY_FOLDERS:
                yield source.at(1, f"{folder}/ is no place: a thing without a home has no name yet")
    for source in tree.cpp:
        for number, line in enumerate(source.code_lines, 1):
            for match in TYPE_WORD.finditer(line):
                yield source.at(number, f"{match.group()}: {TYPE_WORDS[match.group(1)]}")
            for match in FUNCTION_WORD.finditer(line):
                name = match.group().rstrip("( ")
                yield source.at(number, f"{name}: {FUNCTION_WORDS[match.group(1)]}")
            match = EMPTY_NAME.search(line)
            if match:
                yield source.at(number, f"{match.group()}: name what it is")


LAWS = [
    files_open_with_a_paragraph,
    files_are_short,
    lines_are_short,
    nothing_is_left_unfinished,
    paths_are_of_this_project,
    words_say_something,
]
