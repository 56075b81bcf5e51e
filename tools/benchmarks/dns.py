"""Answers from a zone of nearly 10,000 names (the limit of a zone) beside knot and bind9, asked by dnsperf."""

import contextlib
import pathlib
import random
import re
import subprocess
import tempfile

from benchmarks.measure import Contender, Load, compare
from benchmarks.peers import Bind, Knot, Missing, find
from reference.emulator import Emulator, wait_for

ZONE = "bench.example"
NAMES = 9_900
BATCH = 450


def address(n):
    return f"10.0.{n // 250}.{n % 250}"


def deploy(emulator):
    route53 = emulator.client("route53")
    zone = route53.create_hosted_zone(Name=ZONE, CallerReference="bench")["HostedZone"]["Id"]
    for begin in range(0, NAMES, BATCH):
        changes = [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {
                    "Name": f"name-{n}.{ZONE}",
                    "Type": "A",
                    "TTL": 60,
                    "ResourceRecords": [{"Value": address(n)}],
                },
            }
            for n in range(begin, begin + BATCH)
        ]
        made = route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    change = made["ChangeInfo"]["Id"]
    wait_for(lambda: route53.get_change(Id=change)["ChangeInfo"]["Status"] == "INSYNC", "the records")


def dnsperf(port, questions, seconds):
    output = subprocess.run(
        [find("dnsperf"), "-s", "127.0.0.1", "-p", str(port), "-d", str(questions), "-l", str(seconds), "-c", "8", "-q", "100"],
        capture_output=True,
        text=True,
        timeout=seconds + 30,
    ).stdout
    completed = int(re.search(r"Queries completed:\s+(\d+)", output).group(1))
    lost = int(re.search(r"Queries lost:\s+(\d+)", output).group(1))
    answered = re.search(r"NOERROR (\d+)", output)
    lasted = float(re.search(r"Run time \(s\):\s+([\d.]+)", output).group(1))
    average = re.search(r"Average Latency \(s\):\s+([\d.]+)", output)
    wrong = completed - (int(answered.group(1)) if answered else 0)
    return Load(completed, lasted, float(average.group(1)) if average else 0, 0, lost + wrong)


def run(settings):
    lines = "".join(f"name-{n} 60 IN A {address(n)}\n" for n in range(NAMES))
    order = list(range(NAMES))
    random.Random(1).shuffle(order)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="diorama-bench-"))
        questions = pathlib.Path(folder) / "questions"
        questions.write_text("".join(f"name-{n}.{ZONE} A\n" for n in order))
        emulator = stack.enter_context(Emulator(*settings.arguments))
        deploy(emulator)
        contenders = [
            Contender("diorama", emulator.process.pid, lambda: dnsperf(emulator.dns_port, questions, settings.seconds))
        ]
        for kind in (Knot, Bind):
            try:
                peer = stack.enter_context(kind(ZONE, lines))
            except Missing as missing:
                print(f"  skipped: {missing}")
                continue
            contenders.append(
                Contender(kind.name, peer.pid, lambda peer=peer: dnsperf(peer.port, questions, settings.seconds))
            )
        compare(f"DNS: {NAMES:,} names over UDP (p50 is the mean here)", contenders, settings.rounds)
