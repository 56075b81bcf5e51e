#!/usr/bin/env python3
"""Every shipped scenario is valid by the published JSON Schema, as an editor would see it; and the schema is one."""

import json
import pathlib
import sys
import unittest

try:
    import jsonschema
    import yaml
except ImportError:
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
SCHEMA = json.loads((SCENARIOS / "scenario.schema.json").read_text())


def findings(document):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(document)]


class TheSchema(unittest.TestCase):
    def test_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_every_scenario_is_valid_and_names_it(self):
        files = sorted(SCENARIOS.glob("*.yaml"))
        self.assertTrue(files)
        for file in files:
            with self.subTest(file.name):
                text = file.read_text()
                self.assertTrue(text.startswith("# yaml-language-server: $schema=scenario.schema.json\n"))
                self.assertEqual(findings(yaml.safe_load(text)), [])

    def test_what_the_reader_refuses_by_its_keys_is_invalid(self):
        for document in (
            {"trafic": {}},
            {"faults": [{"at": "1h", "do": "no-such-action"}]},
            {"faults": [{"do": "full-disk"}]},
            {"traffic": {"a": {"from": {"eu-wets": "100%"}}}},
            {"traffic": {"a": {"arrivals": "poison"}}},
            {"app": {"sql_engine": "reel"}},
            {"duration": "90 parsecs"},
            {"seed": -1},
        ):
            with self.subTest(str(document)):
                self.assertNotEqual(findings(document), [])


if __name__ == "__main__":
    unittest.main()
