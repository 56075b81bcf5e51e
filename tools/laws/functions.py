"""How long functions are and how many parameters they take, by counting braces and commas."""

import bisect
import re

MOST_LINES = 70
MOST_LINES_OF_A_TEST = 120
MOST_PARAMETERS = 6

# What may stand before a brace without being a function.
NOT_A_FUNCTION = re.compile(r"^(?:else|if|for|while|switch|catch|do|try|namespace|enum|union|case|return)\b")
OF_A_TYPE = re.compile(r"^(?:template\s*<[^{]*>\s*)?(?:class|struct)\b(?![^(]*\()")
ACCESS = re.compile(r"^(?:(?:public|private|protected)\s*:\s*)+")
# A macro that defines something and wants no semicolon, before what comes next.
MACRO = re.compile(r"^[A-Z][A-Z_0-9]+\([^(){};]*\)\s*(?=\S)")


def parameters_of(header):
    """How many parameters the first parenthesis of a function's header holds."""
    begin = header.find("(")
    depth = 0
    commas = 0
    inside = ""
    for character in header[begin:]:
        if character in "([{<":
            depth += 1
        elif character in ")]}>":
            depth -= 1
            if depth == 0:
                break
        elif character == "," and depth == 1:
            commas += 1
        inside += character
    return commas + 1 if inside[1:].strip() not in ("", "void") else 0


def functions_of(code):
    """(header, position of the header, position of the closing brace) of functions, outermost first and only."""
    open_braces = []  # (header, its position, whether inside a function)
    header_begin = 0
    inside = 0
    for match in re.finditer(r"[{};]", code):
        token, position = match.group(), match.start()
        if token == "{":
            header = ACCESS.sub("", code[header_begin:position].strip())
            while MACRO.match(header):
                header = MACRO.sub("", header)
            begins = code.find(header, header_begin) if header else position
            is_function = (
                not inside
                and "(" in header
                and not NOT_A_FUNCTION.match(header)
                and not OF_A_TYPE.match(header)
                and not re.search(r"=\s*$", header)
            )
            inside += is_function
            open_braces.append((header, begins, is_function))
            header_begin = position + 1
        elif token == "}":
            if open_braces:
                header, begins, is_function = open_braces.pop()
                if is_function:
                    inside -= 1
                    yield header, max(begins, 0), position
            header_begin = position + 1
        else:
            header_begin = position + 1


def functions_are_small(tree):
    for source in tree.cpp:
        ends = [match.start() for match in re.finditer("\n", source.code)]
        # Directives are no part of what follows them.
        code = re.sub(r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda match: re.sub(r"[^\n]", " ", match.group()), source.code)
        for header, begin, end in functions_of(code):
            first, last = (bisect.bisect_left(ends, position) + 1 for position in (begin, end))
            # The cases of a switch are a table.
            count = last - first + 1 - len(re.findall(r"(?m)^\s*case\b", code[begin:end]))
            name = re.search(r"([\w:~]+)\s*\(", header)
            name = name.group(1) if name else "a function"
            most = MOST_LINES_OF_A_TEST if name.startswith("TEST_CASE") else MOST_LINES
            if count > most:
                yield source.at(first, f"{name} is {count} lines long, {most} at most")
            parameters = parameters_of(header) if not header.startswith((",", ":")) else 0
            if parameters > MOST_PARAMETERS:
                sentence = f"{name} takes {parameters} parameters, {MOST_PARAMETERS} at most: give them a struct"
                yield source.at(first, sentence)


LAWS = [functions_are_small]
