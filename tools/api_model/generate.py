#!/usr/bin/env python3
"""Makes C++ of an api.json: generate.py services/<svc>/api.json <out>/api.hpp <out>/api.cpp. README.md says what comes out."""
import pathlib
import sys

from header import write_header
from model import Model
from tables import write_tables


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    else:
        path.touch()


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    source, header, tables = map(pathlib.Path, sys.argv[1:])
    service = source.resolve().parent.name
    model = Model(source, service)
    write_if_changed(header, write_header(model))
    write_if_changed(tables, write_tables(model))


if __name__ == "__main__":
    main()
