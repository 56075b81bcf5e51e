"""Scenarios in virtual time: the reference day, the same model in SimPy, and what a request costs as a world grows."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BINARY = pathlib.Path(os.environ.get("DIORAMA", ROOT / "build/release/diorama"))
DAY = HERE / "reference_day.yaml"
IDLE = ("duration=2m", "traffic.shoppers.rate=0.1/s")


def simulate(scenario, folder, *settings):
    """CPU seconds, peak memory in MiB and the report of one run."""
    report = pathlib.Path(folder) / "report.json"
    # Without a warm-up, so that every request that costs something is counted.
    words = [str(BINARY), "run", str(scenario), "--quiet", "--json", str(report)]
    for setting in ("warmup=0s", *settings):
        words += ["--set", setting]
    child = subprocess.Popen(words)
    _, status, used = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) == 2:
        raise RuntimeError(f"{scenario} could not run")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, json.loads(report.read_text())


def row(*cells):
    print("  {:<34}{:>14}{:>16}{:>14}{:>12}{:>10}".format(*cells))


def tell(name, cpu, memory, report, overhead):
    totals = report["totals"]
    busy = max(cpu - overhead, 1e-9)
    row(
        name,
        f"{totals['requests'] / 1e6:.2f} M",
        f"{totals['requests'] / busy / 1e3:,.0f} k",
        f"{totals['events'] / busy / 1e6:.1f} M",
        f"{busy / totals['requests'] * 1e6:.2f}",
        f"{memory:.0f}",
    )
    return busy / totals["requests"]


def day(settings, folder, overhead):
    print("\nthe reference day: 1,000 requests per second on average, the whole path")
    row("virtual time", "requests", "requests/CPU s", "events/CPU s", "µs/request", "MiB")
    for hours in (1, 4) if settings.seconds < 3 else (1, 6, 24):
        cpu, memory, report = simulate(DAY, folder, f"duration={hours}h")
        tell(f"{hours} h ({cpu:.1f} s of CPU)", cpu, memory, report, overhead)


def grown_template(folder, rules=0, alarms=0, groups=0):
    """The template of the web application with more listener rules, alarms, and target groups with their metrics; AWS takes no more than 51,200 bytes."""
    text = (ROOT / "scenarios/web-application/template.yaml").read_text()
    extra = ""
    for number in range(rules):
        extra += f"""
  Rule{number}:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: {100 + number}
      Conditions: [{{Field: path-pattern, Values: [/never/{number}/*]}}]
      Actions: [{{Type: forward, TargetGroupArn: !Ref Instances}}]
"""
    for number in range(groups):
        extra += f"""
  Group{number}:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {{Protocol: HTTP, Port: 80, VpcId: !Ref VpcId}}
  GroupRule{number}:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: {200 + number}
      Conditions: [{{Field: path-pattern, Values: [/nowhere/{number}/*]}}]
      Actions: [{{Type: forward, TargetGroupArn: !Ref Group{number}}}]
"""
    for number in range(alarms):
        extra += f"""
  Alarm{number}:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/ApplicationELB
      MetricName: TargetResponseTime
      Dimensions: [{{Name: LoadBalancer, Value: !GetAtt LoadBalancer.LoadBalancerFullName}}]
      ExtendedStatistic: p99
      Period: 60
      EvaluationPeriods: 3
      Threshold: {1000 + number}
      ComparisonOperator: GreaterThanThreshold
"""
    path = pathlib.Path(folder) / "template.yaml"
    path.write_text(text.replace("\nOutputs:\n", extra + "\nOutputs:\n"))
    return path


def growth(folder, overhead):
    print("\nwhat a request costs as one thing grows (twenty minutes of the day, all else equal)")
    row("", "requests", "requests/CPU s", "events/CPU s", "µs/request", "MiB")
    short = "duration=20m"
    cases = [
        ("as it is", [short]),
        ("3 times the requests", ["duration=1h"]),
        ("4 times the rate", [short, "traffic.shoppers.rate=488/s", "deploy.parameters.MaxSize=40"]),
        ("8 times the instances", [short, "deploy.parameters.MinSize=48", "deploy.parameters.MaxSize=48"]),
    ]
    for name, given in cases:
        cpu, memory, report = simulate(DAY, folder, *given)
        tell(name, cpu, memory, report, overhead)
    # Each with the time of its own that it takes to deploy and to report, which is left out, too.
    for name, more in (
        ("90 more listener rules", {"rules": 90}),
        ("45 more target groups (metrics)", {"groups": 45}),
        ("80 more alarms", {"alarms": 80}),
    ):
        template = f"deploy.template={grown_template(folder, **more)}"
        idle = simulate(DAY, folder, template, *IDLE)[0]
        cpu, memory, report = simulate(DAY, folder, short, template)
        tell(name, cpu, memory, report, idle)


def simpy_python(folder):
    """An interpreter that has SimPy, or nothing."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([candidate, "-c", "import simpy; simpy.Environment"], capture_output=True).returncode == 0:
            return candidate
    place = pathlib.Path(folder) / "venv"
    made = subprocess.run([sys.executable, "-m", "venv", place], capture_output=True)
    got = made.returncode == 0 and subprocess.run([place / "bin/pip", "install", "-q", "simpy"], capture_output=True)
    return place / "bin/python" if got and got.returncode == 0 else None


def beside_simpy(folder, overhead):
    python = simpy_python(folder)
    if python is None:
        print("\nSimPy is not here and could not be had from PyPI; the comparison is left out.")
        return
    print("\nthe same model in SimPy (without alarms, scaling, health checks and a name server there)")
    row("", "requests", "requests/CPU s", "", "µs/request", "")
    cpu, _, report = simulate(DAY, folder, "duration=20m", "traffic.shoppers.rate=122/s")
    own = (cpu - overhead) / report["totals"]["requests"]
    done = subprocess.run(
        [python, HERE / "simulation_peer.py", "122", "5"], capture_output=True, text=True, check=True
    )
    peer = json.loads(done.stdout)
    theirs = peer["cpu_seconds"] / peer["requests"]
    row("Diorama", f"{report['totals']['requests'] / 1e6:.2f} M", f"{1 / own / 1e3:,.0f} k", "", f"{own * 1e6:.2f}", "")
    row("SimPy", f"{peer['requests'] / 1e6:.2f} M", f"{1 / theirs / 1e3:,.0f} k", "", f"{theirs * 1e6:.2f}", "")
    print(f"  SimPy ÷ Diorama, CPU per request: {theirs / own:.1f}")


def run(settings):
    with tempfile.TemporaryDirectory() as folder:
        # What does not depend on the traffic: reading, deploying, reporting.
        overhead = min(simulate(DAY, folder, *IDLE)[0] for _ in range(3))
        print(f"\nreading, deploying and reporting take {overhead:.2f} s of CPU, which is left out below")
        day(settings, folder, overhead)
        growth(folder, overhead)
        beside_simpy(folder, overhead)
