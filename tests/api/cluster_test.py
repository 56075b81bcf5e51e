"""The command lines of scenarios/cluster with the variables that Kubernetes and Slurm set, as far as one machine can."""

import json
import os
import subprocess
import unittest

import yaml

from scenario_case import BINARY, ROOT, ScenarioCase

SHARDS = 2


class Cluster(ScenarioCase):
    def setUp(self):
        super().setUp()
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "diorama").symlink_to(BINARY)
        self.reports = self.folder / "reports"
        self.reports.mkdir()
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "SCENARIO": str(self.scenario(extra="matrix: { seeds: 1..3 }\n")),
            "REPORTS": str(self.reports),
        }

    def seeds_after_merging(self):
        parts = sorted(self.reports.iterdir())
        self.assertEqual([part.name for part in parts], ["part-1.json", "part-2.json"])
        ended = self.diorama("report", "merge", *parts, "--json", "merged.json")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        merged = json.loads((self.folder / "merged.json").read_text())
        return sorted(run["seed"] for run in merged["runs"])

    def test_kubernetes_indexes(self):
        job = yaml.safe_load((ROOT / "scenarios/cluster/kubernetes-job.yaml").read_text())["spec"]
        container = job["template"]["spec"]["containers"][0]
        given = {variable["name"]: variable["value"] for variable in container["env"]}
        self.assertEqual(int(given["SHARDS"]), job["completions"])
        self.assertEqual(job["completionMode"], "Indexed")
        for index in range(SHARDS):
            subprocess.run(
                container["command"] + container["args"],
                env={**given, **self.environment, "SHARDS": str(SHARDS), "JOB_COMPLETION_INDEX": str(index)},
                check=True,
                timeout=300,
            )
        self.assertEqual(self.seeds_after_merging(), [1, 2, 3])

    def test_slurm_tasks(self):
        for task in range(5, 5 + SHARDS):
            variables = {
                "SLURM_ARRAY_TASK_ID": str(task),
                "SLURM_ARRAY_TASK_MIN": "5",
                "SLURM_ARRAY_TASK_COUNT": str(SHARDS),
            }
            subprocess.run(
                [ROOT / "scenarios/cluster/slurm-array.sh"],
                env={**self.environment, **variables},
                check=True,
                timeout=300,
            )
        self.assertEqual(self.seeds_after_merging(), [1, 2, 3])


if __name__ == "__main__":
    unittest.main()
