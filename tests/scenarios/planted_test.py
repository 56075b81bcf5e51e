"""A wrong rule planted in each core is caught: by a checker that always runs, or by an expectation.

Each plant is one change to one source file. The file is compiled with it, linked into a program of its own with the
command of the build beside the tested binary, and runs tests/scenarios/planted/world.yaml, which otherwise holds.
"""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("DIORAMA", str(ROOT / "build/release/diorama"))).resolve()
WORLD = ROOT / "tests/scenarios/planted/world.yaml"
WORLDS = ROOT / "tests/scenarios/worlds"


@dataclasses.dataclass
class Plant:
    what: str
    file: str
    right: str
    wrong: str
    caught_by: str  # a checker's name or an expectation, as a pattern
    world: pathlib.Path = WORLD


PLANTS = [
    Plant(
        "the cache serves whatever it has, fresh or not",
        "services/cloudfront/data/edge_cache.cpp",
        "if (entry->is_fresh(now)) return Serve{",
        "if (entry->is_fresh(now) || true) return Serve{",
        "no cache serves beyond freshness",
    ),
    Plant(
        "the cache keeps private answers as long as others",
        "services/cloudfront/data/freshness.cpp",
        "freshness.lifetime = policy.min_ttl;",
        "freshness.lifetime = policy.default_ttl;",
        "no viewer gets another's private answer",
    ),
    Plant(
        "round robin leaves out every second target",
        "services/elbv2/data/target_selection.cpp",
        "% targets.size()];",
        "* 2 % targets.size()];",
        "targets of a group take turns",
    ),
    Plant(
        "health checks never find anything",
        "services/elbv2/background/health_transitions.cpp",
        "track.failures >= thresholds.unhealthy)",
        "track.failures >= 1000 * thresholds.unhealthy)",
        r"UnhealthyHosts\) becomes ALARM",
    ),
    Plant(
        "an alarm wants one datapoint more than its rule",
        "services/cloudwatch/data/alarm_rule.cpp",
        "return breaching >= rule.datapoints_to_alarm ? Verdict::alarm : Verdict::ok;",
        "return breaching > rule.datapoints_to_alarm ? Verdict::alarm : Verdict::ok;",
        "an alarm changes state only by its rule|TooBusy",
    ),
    Plant(
        "a group grows beyond its maximum",
        "services/autoscaling/data/scaling.cpp",
        "std::max(limits.min_size, limits.max_size));",
        "std::max(limits.min_size, limits.max_size) + 3);",
        "desired capacity stays within minimum and maximum",
    ),
    Plant(
        "the name server leaves IPv4 addresses out of its answers",
        "services/route53/data/answer.cpp",
        "if (address.is_v4() != (type == RecordType::a)) continue;",
        "if (address.is_v4() == (type == RecordType::a)) continue;",
        "error_rate",
    ),
    Plant(
        "a failover takes ten times as long",
        "services/rds/background/changes.cpp",
        "limits::failover_outage.at(environment_.pace),",
        "10 * limits::failover_outage.at(environment_.pace),",
        "recovered",
    ),
    Plant(
        "a target that drains still gets requests",
        "services/elbv2/data/target_selection.cpp",
        "if (health == TargetHealthState::draining || health == TargetHealthState::unused) continue;",
        "if (health == TargetHealthState::unused) continue;\n"
        "        if (health == TargetHealthState::draining) healthy.push_back(target);",
        "a drained target gets no new request",
    ),
    Plant(
        "the busiest target gets the next request",
        "services/elbv2/data/target_selection.cpp",
        "if (least == nullptr || outstanding < fewest) {",
        "if (least == nullptr || outstanding > fewest) {",
        "the target with the fewest requests in progress gets the next one",
        WORLDS / "least-outstanding.yaml",
    ),
    Plant(
        "weights of records are forgotten",
        "services/route53/data/routing.cpp",
        "return weighted == nullptr ? 0 : weighted->weight;",
        "return weighted == nullptr ? 0 : 1;",
        "weighted records get their shares of the answers",
        WORLDS / "names.yaml",
    ),
    Plant(
        "a replica leaves out what it should repeat",
        "services/rds/data/sql/apply.cpp",
        "conflict = writer.insert(change.new_row);",
        "conflict = entry.position % 100 == 0 ? std::nullopt : writer.insert(change.new_row);",
        "a replica has the rows of its source",
        WORLDS / "real-sql.yaml",
    ),
    Plant(
        "now and then a commit is none",
        "services/rds/data/sql/transactions.cpp",
        'control("COMMIT");\n    } catch',
        'control(position % 500 == 499 ? "ROLLBACK" : "COMMIT");\n    } catch',
        "no acknowledged write is lost",
        WORLDS / "real-sql.yaml",
    ),
    Plant(
        "some requests end twice",
        "emulator/simulation/clients.cpp",
        "if (surroundings_.observer != nullptr) surroundings_.observer->request_ended(outcome, reply);",
        "for (int i = 0; i < (requests_ % 100 == 0 ? 2 : 1); ++i)\n"
        "        surroundings_.observer->request_ended(outcome, reply);",
        "every request has exactly one outcome",
    ),
]


class Build:
    """The commands that made the tested binary."""

    def __init__(self, folder):
        self.folder = folder

    def exists(self):
        return (self.folder / "build.ninja").exists() and BINARY.name == "diorama"

    def commands(self):
        if not hasattr(self, "_commands"):
            done = subprocess.run(
                ["ninja", "-t", "commands", "diorama"], cwd=self.folder, capture_output=True, text=True, check=True
            )
            self._commands = done.stdout.splitlines()
        return self._commands

    def compile_command(self, file):
        return next(line for line in self.commands() if line.endswith(f" -c {ROOT / file}"))

    def link_command(self):
        return next(line for line in reversed(self.commands()) if " -o diorama " in line)

    def with_plant(self, plant, folder):
        """Makes the program; returns its path."""
        text = (ROOT / plant.file).read_text()
        assert text.count(plant.right) == 1, f"{plant.file} has not once: {plant.right}"
        source = folder / pathlib.Path(plant.file).name
        source.write_text(text.replace(plant.right, plant.wrong))
        made, program = folder / "planted.o", folder / "diorama"
        words = shlex.split(self.compile_command(plant.file))
        words[words.index("-c") + 1] = str(source)
        words[words.index("-o") + 1] = str(made)
        words[words.index("-MF") + 1] = str(folder / "planted.d")
        self.run([*words, "-Wno-error"])
        # What stands before the libraries is taken instead of what is in them.
        link = re.sub(r" -o diorama ", f" -o {shlex.quote(str(program))} {shlex.quote(str(made))} ", self.link_command())
        self.run(["/bin/sh", "-c", link])
        return program

    def run(self, words):
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def run_world(program, folder, world=WORLD):
    report = folder / "report.json"
    done = subprocess.run(
        [program, "run", world, "--quiet", "--json", report], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done, json.loads(report.read_text()) if report.exists() else None


def complaints(report):
    """What did not hold, one text each."""
    failed = [one["text"] for one in report["expectations"] if not one["passed"]]
    return failed + [f"{one['checker']}: {one['text']}" for one in report["violations"]]


class Planted(unittest.TestCase):
    def test_without_a_plant_the_world_holds(self):
        with tempfile.TemporaryDirectory() as folder:
            done, report = run_world(BINARY, pathlib.Path(folder))
            self.assertEqual(done.returncode, 0, done.stderr + "\n".join(complaints(report) if report else []))

    def test_every_plant_is_caught(self):
        build = Build(BINARY.parent)
        if not build.exists():
            self.skipTest("there is no build folder beside the tested binary")
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            outcomes = list(pool.map(lambda plant: self.outcome_of(build, plant), PLANTS))
        for plant, (code, told) in zip(PLANTS, outcomes, strict=True):
            with self.subTest(plant.what):
                self.assertEqual(code, 1, told)
                self.assertRegex("\n".join(told), plant.caught_by)

    @staticmethod
    def outcome_of(build, plant):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            done, report = run_world(build.with_plant(plant, folder), folder, plant.world)
            return done.returncode, complaints(report) if report else [done.stderr]


if __name__ == "__main__":
    unittest.main()
