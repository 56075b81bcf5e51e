"""Whether the documents still speak of this tree: paths that are named exist."""

import fnmatch
import re

ROOTS = ("emulator/", "services/", "tools/", "tests/", "scenarios/")
ROOMS = ("control/", "data/", "background/")
QUOTED = re.compile(r"`([^`\n]+)`|\]\(([^)\s]+)\)")


def expand(path):
    """a/{b,c}.hpp as a/b.hpp and a/c.hpp."""
    match = re.search(r"\{([^{}]*)\}", path)
    if not match:
        return [path]
    return [
        expanded
        for choice in match.group(1).split(",")
        for expanded in expand(path[: match.start()] + choice.strip() + path[match.end() :])
    ]


def exists(tree, path):
    path = path.rstrip("/")
    if "*" in path or "?" in path:
        return any(fnmatch.fnmatch(candidate, path) for candidate in (*tree.sources, *tree.folders))
    return path in tree.sources or path in tree.folders


def named_paths(document):
    """(line number, path as if written from the root) of each path that a document names."""
    folder = document.path.rpartition("/")[0]
    for number, line in enumerate(document.lines, 1):
        for match in QUOTED.finditer(line):
            link = match.group(2)
            for word in (match.group(1) or link).split():
                word = word.rstrip(".,:;")
                if re.search(r"[<>$…()=]|\.\.\.", word) or "://" in word or word.startswith(("/", "#", "--")):
                    continue
                if word.startswith(ROOTS):
                    yield number, word.partition("#")[0]
                elif folder.startswith("services/") and word.startswith(ROOMS):
                    yield number, "/".join(folder.split("/")[:2]) + "/" + word
                elif link and "/" not in link[:1]:
                    yield number, (folder + "/" if folder else "") + link.partition("#")[0]


def documents_name_paths_that_exist(tree):
    for document in tree.sources.values():
        if not document.path.endswith(".md") or document.path.startswith("emulator/decisions/"):
            continue
        for number, named in named_paths(document):
            for path in expand(named):
                # The API shapes are generated into the build folder.
                if re.fullmatch(r"services/\w+/api\.(hpp|cpp)", path):
                    continue
                if not exists(tree, path):
                    yield document.at(number, f"{path} does not exist")


LAWS = [documents_name_paths_that_exist]
