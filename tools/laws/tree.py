"""What the laws look at: the files of the project as text, and C++ without its comments and strings."""

import functools
import os
import pathlib
import re
import subprocess
from typing import NamedTuple

CPP = (".cpp", ".hpp")

# Comments, raw strings, strings and characters. An apostrophe after a digit separates digits.
NOT_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<fence>[^(\s]*)\(.*?\)(?P=fence)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])*'""",
    re.DOTALL,
)
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


class Finding(NamedTuple):
    path: str
    line: int
    sentence: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.sentence}"


def blank(match):
    """As many lines as before, as long as before, with nothing in them; a string keeps its quotes."""
    text = match.group()
    quote = text[0] if text[0] in "\"'" else ""
    return quote + re.sub(r"[^\n]", " ", text[len(quote) : len(text) - len(quote)]) + quote


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.splitlines()
        self.is_cpp = path.endswith(CPP)

    @functools.cached_property
    def code(self):
        """C++ text in which comments and the insides of strings are blank."""
        return NOT_CODE.sub(blank, self.text)

    @functools.cached_property
    def code_lines(self):
        return self.code.splitlines()

    @functools.cached_property
    def includes(self):
        """(line number, name, whether in angle brackets) of each include."""
        found = []
        for number, line in enumerate(self.lines, 1):
            match = INCLUDE.match(line)
            if match:
                found.append((number, match.group(2), match.group(1) == "<"))
        return found

    def at(self, line, sentence):
        return Finding(self.path, line, sentence)


class Tree:
    """Files by path, and the exceptions that were granted: path -> (lines, reason)."""

    def __init__(self, texts, exceptions=None):
        self.sources = {path: Source(path, text) for path, text in sorted(texts.items())}
        self.exceptions = exceptions or {}
        self.folders = {str(parent) for path in texts for parent in pathlib.PurePosixPath(path).parents}

    @property
    def cpp(self):
        return [source for source in self.sources.values() if source.is_cpp]

    def under(self, *prefixes):
        return [source for source in self.sources.values() if source.path.startswith(prefixes)]

    def services(self):
        """Folders of services/ by name, with their sources."""
        services = {}
        for source in self.under("services/"):
            services.setdefault(source.path.split("/")[1], []).append(source)
        return services


def service_of(path):
    """The service a path belongs to, be it code or unit tests; None for everything else."""
    match = re.match(r"(?:tests/unit/)?services/([^/]+)/", path)
    return match.group(1) if match else None


def parse_exceptions(text):
    """Lines of `path lines reason`."""
    exceptions = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            path, lines, reason = line.split(maxsplit=2)
            exceptions[path] = (int(lines), reason)
    return exceptions


def paths_of(root):
    """Files that git knows or would add; all files where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"], capture_output=True, check=True
        )
        return sorted(set(listed.stdout.decode().split("\0")) - {""})
    except (OSError, subprocess.CalledProcessError):
        found = []
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if name not in (".git", "build", "__pycache__")]
            found += [os.path.relpath(os.path.join(folder, name), root) for name in files]
        return sorted(found)


def read_tree(root):
    root = pathlib.Path(root)
    texts = {}
    for path in paths_of(root):
        try:
            texts[path] = (root / path).read_bytes().decode()
        except UnicodeDecodeError:
            texts[path] = ""  # bytes, for example the corpus of a fuzz target
        except OSError:
            continue  # removed, and git does not know yet
    return Tree(texts, parse_exceptions(texts.get("tools/tidy_exceptions.txt", "")))
