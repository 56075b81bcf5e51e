"""The commands for scenarios from outside: exit codes, mistakes, reports, matrices, and that a seed repeats to the byte."""

import json
import re
import signal
import subprocess
import unittest
import xml.etree.ElementTree

from scenario_case import BINARY, ScenarioCase


class Checking(ScenarioCase):
    def test_a_good_file_has_no_mistakes(self):
        ended = self.diorama("check", self.scenario())
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertIn("no mistakes", ended.stdout)

    def test_all_mistakes_are_listed_with_their_places(self):
        path = self.scenario(
            "cost < 1 USD in [1m, 2m]", "prices: { alb.lcus: 1 }\ntrafic: 3\nwarmup: -5s\n", "wrong.yaml"
        )
        ended = self.diorama("check", path)
        self.assertEqual(ended.returncode, 1)
        lines = ended.stderr.splitlines()
        for line in lines[:-1]:
            self.assertRegex(line, r"wrong\.yaml:\d+:\d+: ")
        self.assertIn("did you mean `traffic`?", ended.stderr)
        self.assertIn("did you mean `alb.lcu`?", ended.stderr)
        self.assertGreaterEqual(len(lines), 4)

    def test_what_no_run_could_measure_is_a_mistake(self):
        ended = self.diorama("check", self.scenario("cost < 1 USD in [1m, 2m]"))
        self.assertEqual(ended.returncode, 1)
        self.assertIn("not for a part of it", ended.stderr)

    def test_logical_ids_are_those_of_the_template(self):
        ended = self.diorama("check", self.scenario("instances(WebGrup).max < 3"))
        self.assertEqual(ended.returncode, 1)
        self.assertIn("the template has no resource `WebGrup`", ended.stderr)

    def test_a_file_with_mistakes_does_not_run(self):
        ended = self.diorama("run", self.scenario(extra="trafic: 3\n"), "--json", "out.json")
        self.assertEqual(ended.returncode, 2)
        self.assertIn("trafic", ended.stderr)
        self.assertFalse((self.folder / "out.json").exists())


class Running(ScenarioCase):
    def test_exit_codes_say_whether_it_held(self):
        self.assertEqual(self.diorama("run", self.scenario(), "--quiet").returncode, 0)
        failed = self.diorama("run", self.scenario("requests < 0"))
        self.assertEqual(failed.returncode, 1)
        self.assertIn("Replay  diorama run ", failed.stdout)
        self.assertEqual(self.diorama("run", "nowhere.yaml").returncode, 2)

    def test_quiet_prints_nothing(self):
        ended = self.diorama("run", self.scenario("requests < 0"), "--quiet")
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (1, "", ""))

    def test_reports_that_could_not_be_written_are_found_before_the_run(self):
        ended = self.diorama("run", self.scenario(), "--report", "no/such/folder/a.html")
        self.assertEqual(ended.returncode, 2)
        self.assertIn("there is no folder", ended.stderr)

    def test_one_seed_gives_one_report_to_the_byte(self):
        path = self.scenario()
        for name, seed in (("a", 1), ("b", 1), ("c", 2)):
            ended = self.diorama(
                "run", path, "--seed", seed, "--quiet", "--report", f"{name}.html", "--json", f"{name}.json",
                "--junit", f"{name}.xml",
            )  # fmt: skip
            self.assertEqual(ended.returncode, 0, ended.stderr)
        for ending in ("html", "json", "xml"):
            first, again, other = ((self.folder / f"{name}.{ending}").read_bytes() for name in "abc")
            self.assertEqual(first, again, ending)
            self.assertNotEqual(first, other, ending)
        results = [json.loads((self.folder / f"{name}.json").read_text()) for name in "ac"]
        self.assertNotEqual(results[0]["totals"], results[1]["totals"])
        suites = xml.etree.ElementTree.parse(self.folder / "a.xml").getroot()
        self.assertEqual(suites.tag, "testsuites")

    def test_the_command_of_a_report_repeats_it(self):
        path = self.scenario()
        self.diorama("run", path, "--seed", 9, "--set", "traffic.shoppers.rate=2/s", "--quiet", "--json", "a.json")
        told = json.loads((self.folder / "a.json").read_text())
        words = re.sub(r"^diorama ", "", told["command"]).split(" ")
        self.assertIn("traffic.shoppers.rate=2/s", words)
        self.diorama(*words, "--quiet", "--json", "b.json")
        self.assertEqual((self.folder / "a.json").read_bytes(), (self.folder / "b.json").read_bytes())

    def test_ctrl_c_stops_the_run_and_still_writes_the_report(self):
        path = self.scenario(extra="").with_name("long.yaml")
        path.write_text(self.scenario().read_text().replace("duration: 2m", "duration: 300d"))
        with subprocess.Popen(
            [BINARY, "run", path, "--json", self.folder / "a.json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            # The line of progress comes when traffic flows; off a terminal after ten seconds.
            self.assertTrue(process.stderr.readline())
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 1)
        report = json.loads((self.folder / "a.json").read_text())
        self.assertTrue(report["interrupted"])
        self.assertGreater(report["totals"]["requests"], 0)
        self.assertIn(b"interrupted", out)


class Matrices(ScenarioCase):
    matrix = "matrix: { deploy.parameters.MaxSize: [3, 4], seeds: [1, 2] }\n"

    def test_every_combination_is_a_row(self):
        ended = self.diorama("run", self.scenario(extra=self.matrix), "--json", "all.json", "--report", "all.html")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        merged = json.loads((self.folder / "all.json").read_text())
        rows = [(run["parameters"]["MaxSize"], run["seed"]) for run in merged["runs"]]
        self.assertEqual(rows, [("3", 1), ("3", 2), ("4", 1), ("4", 2)])
        self.assertIn("4 of 4 runs held", ended.stdout)
        self.assertIn(b"<html", (self.folder / "all.html").read_bytes())

    def test_shards_merge_to_the_whole(self):
        path = self.scenario(extra=self.matrix)
        self.assertEqual(self.diorama("run", path, "--quiet", "--json", "all.json").returncode, 0)
        for shard in (1, 2):
            ended = self.diorama("run", path, "--quiet", "--shard", f"{shard}/2", "--json", f"part-{shard}.json")
            self.assertEqual(ended.returncode, 0, ended.stderr)
        ended = self.diorama("report", "merge", "part-1.json", "part-2.json", "--json", "merged.json")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        whole, merged = (json.loads((self.folder / name).read_text()) for name in ("all.json", "merged.json"))
        key = str
        self.assertEqual(sorted(whole["runs"], key=key), sorted(merged["runs"], key=key))

    def test_a_run_that_did_not_hold_fails_the_matrix(self):
        path = self.scenario("requests < 0", "matrix: { seeds: [1, 2] }\n")
        ended = self.diorama("run", path, "--jobs", 1)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("0 of 2 runs held", ended.stdout)

    def test_a_seed_given_takes_the_place_of_the_seeds(self):
        path = self.scenario(extra=self.matrix)
        self.diorama("run", path, "--quiet", "--seed", 5, "--json", "all.json")
        merged = json.loads((self.folder / "all.json").read_text())
        self.assertEqual([run["seed"] for run in merged["runs"]], [5, 5])

    def test_bad_shards_and_reports_are_refused(self):
        path = self.scenario(extra=self.matrix)
        for shard in ("0/2", "3/2", "1", "a/b", "1/2x"):
            self.assertEqual(self.diorama("run", path, "--shard", shard).returncode, 2, shard)
        (self.folder / "other.json").write_text("{}")
        ended = self.diorama("report", "merge", "other.json", "missing.json")
        self.assertEqual(ended.returncode, 2)
        self.assertIn("not a report of Diorama", ended.stdout)
        self.assertIn("missing.json: cannot be read", ended.stdout)



class Swarming(ScenarioCase):
    def test_drawn_worlds_hold_and_are_counted(self):
        ended = self.diorama("swarm", "--minutes", "5", "--count", "4", "--seed", "1", "--keep", "broken")
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        self.assertRegex(ended.stdout, r"^4 worlds, [1-9]\d* requests, .*: every rule held\n$")
        self.assertFalse((self.folder / "broken").exists())

    def test_wrong_options_are_refused(self):
        self.assertEqual(self.diorama("swarm", "--minutes", "-1").returncode, 2)
        self.assertEqual(self.diorama("swarm", "--seed", "seven").returncode, 2)


if __name__ == "__main__":
    unittest.main()
