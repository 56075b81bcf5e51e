"""Calls of the API beside moto_server: one that reads and one that writes."""

import pathlib
import tempfile
import time

from benchmarks.measure import Contender, compare, wrk
from benchmarks.peers import Missing, Moto
from reference.emulator import Emulator

CALLS = {
    "ec2 DescribeInstances (of one)": ("ec2", "Action=DescribeInstances&Version=2016-11-15"),
    "cloudwatch PutMetricData": (
        "monitoring",
        "Action=PutMetricData&Version=2010-08-01&Namespace=Bench"
        "&MetricData.member.1.MetricName=Requests&MetricData.member.1.Value=1",
    ),
}
# Formed like a signed call; nobody checks who signed it.
POST = """
wrk.method = "POST"
wrk.body = "%(body)s"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["X-Amz-Date"] = "%(date)sT%(time)sZ"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test/%(date)s/us-east-1/%(service)s/aws4_request, " ..
    "SignedHeaders=host;x-amz-date, Signature=" .. string.rep("0", 64)
"""


def script_of(service, body):
    now = time.gmtime()
    words = {"date": time.strftime("%Y%m%d", now), "time": time.strftime("%H%M%S", now)}
    return POST % {"body": body, "service": service, **words}


def run_instance(client):
    image = client.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    client.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")


def moto_or_nothing():
    try:
        return Moto().__enter__()
    except Missing as missing:
        print(f"  skipped: {missing}")
        return None


def run(settings):
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as folder, Emulator(*settings.arguments) as emulator:
        run_instance(emulator.client("ec2"))
        moto = moto_or_nothing()
        try:
            if moto:
                run_instance(Emulator.client(moto, "ec2"))
            for title, (service, body) in CALLS.items():
                script = pathlib.Path(folder) / "post.lua"
                script.write_text(script_of(service, body))
                ours = f"http://127.0.0.1:{emulator.port}/"
                contenders = [
                    Contender("diorama", emulator.process.pid, lambda: wrk(ours, settings.seconds, 8, script=str(script)))
                ]
                if moto:
                    theirs = f"{moto.url}/"
                    wrk(theirs, 2, 1, script=str(script))  # moto loads a service when it is first called
                    run_moto = lambda: wrk(theirs, settings.seconds, 8, script=str(script))
                    contenders.append(Contender("moto_server", moto.pid, run_moto))
                compare(f"API: {title}, 8 connections", contenders, settings.rounds)
        finally:
            if moto:
                moto.__exit__()
