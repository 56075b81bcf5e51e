"""Statements beside MariaDB, by sysbench; both keep what they acknowledge."""

import contextlib
import functools
import itertools
import re
import subprocess
import tempfile

from benchmarks.measure import Contender, Load, compare
from benchmarks.peers import MariaDB, Missing, find
from benchmarks.viewers import viewer_address
from reference.emulator import Emulator, wait_for

WORK = {
    "oltp_point_select": "point select",
    "oltp_read_only": "read-only transactions",
    "oltp_write_only": "write-only transactions",
    "oltp_read_write": "read-write transactions",
}
ROWS = 10_000
SESSIONS = (1, 4, 16, 64)
PASSWORD = "benchmark-password"


def sysbench(host, port, work, action, sessions=1, seconds=0):
    output = subprocess.run(
        [
            find("sysbench"), work, action, f"--mysql-host={host}", f"--mysql-port={port}", "--mysql-user=admin",
            f"--mysql-password={PASSWORD}", "--mysql-db=bench", "--tables=1", f"--table-size={ROWS}",
            f"--threads={sessions}", f"--time={seconds}", "--percentile=99", "--mysql-ignore-errors=all",
        ],
        capture_output=True,
        text=True,
        timeout=seconds + 120,
    )  # fmt: skip
    if output.returncode:
        raise Missing(f"sysbench {work} {action} failed: {(output.stdout + output.stderr)[-400:]}")
    return output.stdout


def load(place, work, sessions, seconds):
    output = sysbench(*place, work, "run", sessions, seconds)
    count = int(re.search(r"transactions:\s+(\d+)", output).group(1))
    lasted = float(re.search(r"total time:\s+([\d.]+)s", output).group(1))
    mean = float(re.search(r"avg:\s+([\d.]+)", output).group(1)) / 1000
    slow = float(re.search(r"99th percentile:\s+([\d.]+)", output).group(1)) / 1000
    errors = int(re.search(r"ignored errors:\s+(\d+)", output).group(1))
    return Load(count, lasted, mean, slow, errors)


def deploy(emulator):
    """A MySQL instance; where it listens."""
    rds = emulator.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="bench", DBName="bench", Engine="mysql", DBInstanceClass="db.m6g.large",
        AllocatedStorage=20, MasterUsername="admin", MasterUserPassword=PASSWORD, BackupRetentionPeriod=0,
    )  # fmt: skip

    def available():
        found = rds.describe_db_instances(DBInstanceIdentifier="bench")["DBInstances"][0]
        return found["DBInstanceStatus"] == "available" and found["Endpoint"]

    endpoint = wait_for(available, "the database")
    if endpoint["Address"] == "localhost":
        return "127.0.0.1", endpoint["Port"]
    return viewer_address(emulator, endpoint["Address"], endpoint["Port"])


def create_database(port):
    import pymysql

    with pymysql.connect(host="127.0.0.1", port=port, user="root") as connection:
        connection.cursor().execute("CREATE DATABASE bench")


def run(settings):
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="diorama-bench-", dir=settings.disk))
        emulator = stack.enter_context(Emulator(*settings.arguments, "--data", folder))
        places = [("diorama --data", emulator.process.pid, *deploy(emulator))]
        try:
            peer = stack.enter_context(MariaDB())
            create_database(peer.port)
            places.append(("mariadb", peer.pid, "127.0.0.1", peer.port))
        except Missing as missing:
            print(f"  skipped: {missing}")
        for _, _, host, port in places:
            sysbench(host, port, "oltp_read_write", "prepare")
        for (work, title), sessions in itertools.product(WORK.items(), SESSIONS):
            contenders = [
                Contender(name, pid, functools.partial(load, place, work, sessions, settings.seconds))
                for name, pid, *place in places
            ]
            compare(f"SQL: {title}, {sessions} sessions (p50 is the mean here)", contenders, settings.rounds)
