"""An emulator process: started on free ports, waited for, asked about its health, ended."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Emulator:
    def __init__(self, *arguments, binary=None, port=None, dns_port=None, log=None):
        self.binary = binary or os.environ.get("DIORAMA", str(ROOT / "build/release/diorama"))
        self.port = port or free_port()
        self.dns_port = dns_port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.log_path = log or tempfile.NamedTemporaryFile(prefix="diorama-", suffix=".log", delete=False).name
        self.arguments = arguments
        self.dns_arguments = ["--dns", f"127.0.0.1:{self.dns_port}"]
        self.process = None
        self.clients = []
        self.started_in = None

    def start(self):
        command = [self.binary, "up", "--port", str(self.port), *self.dns_arguments, *self.arguments]
        began = time.monotonic()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        line = self.process.stdout.readline().decode()
        self.started_in = time.monotonic() - began
        if line.strip() != "Ready.":
            raise RuntimeError(f"{' '.join(command)} said {line!r}; its log ends with:\n{self.log_tail()}")
        threading.Thread(target=self.drain, args=(self.process.stdout,), daemon=True).start()
        return self

    @staticmethod
    def drain(output):
        with output:
            output.read()

    def stop(self):
        while self.clients:
            self.clients.pop().close()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode if self.process else None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def page(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.load(answer)

    def log_tail(self, lines=30):
        with open(self.log_path, errors="replace") as log:
            return "".join(log.readlines()[-lines:])

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        return 0

    def real_endpoint(self, address, port):
        """Where connections to address:port really go when that port could not be bound."""
        ports = self.page("/_diorama/health")["redirected_ports"]
        actual = ports.get(f"{address}:{port}", f"{address}:{port}")
        host, _, number = actual.rpartition(":")
        return host, int(number)

    def client(self, service, region="us-east-1", account="test", config=None, **more):
        import boto3
        from botocore.config import Config

        own = Config(retries={"max_attempts": 2}, connect_timeout=5, read_timeout=30)
        client = boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="test",
            config=own.merge(config) if config else own,
            **more,
        )
        self.clients.append(client)
        return client


def wait_for(condition, what, seconds=60, interval=0.1):
    """Polls until condition() is true; its value. The emulator's own pace decides, so a test that waits names what for."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(interval)


def make_public(s3, bucket):
    """Lets everybody read and list a bucket."""
    s3.delete_public_access_block(Bucket=bucket)
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statement}))
