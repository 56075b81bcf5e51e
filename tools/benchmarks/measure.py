"""Counting: CPU time of process trees, load by wrk, tables of contenders."""

import dataclasses
import os
import pathlib
import platform
import re
import statistics
import subprocess

TICKS = os.sysconf("SC_CLK_TCK")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def stat_of(pid):
    """Fields of /proc/<pid>/stat after the name, or nothing if the process is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def tree_of(pid):
    """A process and all its descendants."""
    parents = {}
    for entry in os.listdir("/proc"):
        stat = entry.isdigit() and stat_of(entry)
        if stat:
            parents.setdefault(int(stat[1]), []).append(int(entry))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def cpu_seconds(pid):
    """User and system time of the tree, with that of children that have ended."""
    total = 0
    for one in tree_of(pid):
        stat = stat_of(one)
        total += sum(map(int, stat[11:15])) if stat else 0
    return total / TICKS


def resident_mib(pid):
    total = 0
    for one in tree_of(pid):
        try:
            total += int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{one}/status").read_text()).group(1))
        except (OSError, AttributeError):
            pass
    return total / 1024


@dataclasses.dataclass
class Load:
    """What one run of a load generator did."""

    requests: int
    seconds: float
    p50: float = 0.0
    p99: float = 0.0
    failures: int = 0


def wrk(url, seconds, connections=32, headers=(), script=None):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    if script:
        command += ["-s", script]
    output = subprocess.run([*command, url], capture_output=True, text=True, timeout=seconds + 30, check=True).stdout
    count, lasted, unit = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)\b", output).groups()
    percentiles = dict(re.findall(r"^\s+(\d+)%\s+([\d.]+(?:us|ms|s|m))$", output, re.M))
    failures = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", output)))
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    failures += sum(map(int, errors.groups())) if errors else 0
    return Load(int(count), float(lasted) * UNITS[unit], latency(percentiles, "50"), latency(percentiles, "99"), failures)


def latency(percentiles, which):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", percentiles.get(which, "0s")).groups()
    return float(number) * UNITS[unit]


@dataclasses.dataclass
class Contender:
    """Something that does the work: its name, the process that does it, and how to put it to work once."""

    name: str
    pid: int
    run: object  # () -> Load
    loads: list = dataclasses.field(default_factory=list)
    cpu: list = dataclasses.field(default_factory=list)

    def work(self):
        before = cpu_seconds(self.pid) if self.pid else 0
        load = self.run()
        self.loads.append(load)
        self.cpu.append((cpu_seconds(self.pid) - before if self.pid else 0) / max(load.requests, 1))


def median(values):
    return statistics.median(values) if values else 0.0


def spread(values):
    """Half the distance between the extremes, in percent of the median."""
    middle = median(values)
    return 100 * (max(values) - min(values)) / 2 / middle if middle else 0.0


def compare(title, contenders, rounds):
    """Runs the contenders in turn, several times, and prints what they did; the first one is Diorama."""
    for _ in range(rounds):
        for contender in contenders:
            contender.work()
    print(f"\n{title}")
    header = ("", "per second", "spread", "p50 ms", "p99 ms", "CPU µs each", "peer ÷ Diorama")
    print("  {:<22}{:>12}{:>9}{:>10}{:>10}{:>13}{:>16}".format(*header))
    ours = median(contenders[0].cpu)
    our_rate = median([load.requests / load.seconds for load in contenders[0].loads])
    for contender in contenders:
        rates = [load.requests / load.seconds for load in contender.loads]
        cpu = median(contender.cpu)
        ratio = ""
        if contender is not contenders[0]:
            if contender.pid:
                ratio = f"{cpu / ours:.2f}" if ours else "-"
            else:  # without a process to look at, what counts is how much gets done
                ratio = f"{our_rate / median(rates):.2f} rate" if median(rates) else "-"
        failures = sum(load.failures for load in contender.loads)
        print(
            f"  {contender.name:<22}{median(rates):>12,.0f}{spread(rates):>8.0f}%"
            f"{1000 * median([load.p50 for load in contender.loads]):>10.2f}"
            f"{1000 * median([load.p99 for load in contender.loads]):>10.2f}"
            f"{1e6 * cpu:>13.1f}{ratio:>16}" + (f"   {failures} failures" if failures else "")
        )


def machine():
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} cores, {model.group(1) if model else platform.machine()}, Linux {platform.release()}"
