"""The laws of this code as a program; tools/tidy runs them, tests/api/tidy_test.py tests them."""

from laws import dependencies, documents, functions, text

# Every law is a function from a Tree to findings.
LAWS = [*dependencies.LAWS, *text.LAWS, *functions.LAWS, *documents.LAWS]


def findings(tree):
    """All that is wrong, in the order of the files."""
    found = [finding for law in LAWS for finding in law(tree)]
    return sorted(set(found), key=lambda finding: (finding.path, finding.line, finding.sentence))
