"""TLS at the front door, on the same port as plaintext."""

import pathlib
import ssl
import subprocess
import sys
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

import boto3  # noqa: E402
from reference.emulator import Emulator  # noqa: E402
from front_door_case import FrontDoor, certificate_of  # noqa: E402
from wire import connected  # noqa: E402


class TLS(FrontDoor):
    def test_curl_verifies_names_of_all_kinds_on_the_shared_port(self):
        certificate = certificate_of(self)
        for host in ("localhost", "some-bucket.s3.localhost", "www.example.com"):
            with self.subTest(host):
                url = f"https://{host}:{self.emulator.port}/_diorama/health"
                resolve = f"{host}:{self.emulator.port}:127.0.0.1"
                command = ["curl", "-sS", "--max-time", "10", "--cacert", certificate, "--resolve", resolve, "-o", "/dev/null", "-w", "%{http_code}", url]
                self.assertEqual(subprocess.run(command, capture_output=True, text=True).stdout != "000", True, host)
        refused = subprocess.run(["curl", "-sS", f"https://localhost:{self.emulator.port}/_diorama/health"], capture_output=True)
        self.assertEqual(refused.returncode, 60)

    def test_an_address_is_verified_too(self):
        context = ssl.create_default_context(cafile=certificate_of(self))
        with urllib.request.urlopen(f"https://127.0.0.1:{self.emulator.port}/_diorama/health", context=context, timeout=10) as answer:
            self.assertEqual(answer.status, 200)

    def test_boto3_verifies(self):
        options = dict(region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client = boto3.client("sts", endpoint_url=f"https://localhost:{self.emulator.port}", verify=certificate_of(self), **options)
        self.assertEqual(client.get_caller_identity()["Account"], "000000000000")

    def test_the_authority_stays_the_same(self):
        first = pathlib.Path(certificate_of(self)).read_bytes()
        with Emulator("--ca", self.authority) as second:
            context = ssl.create_default_context(cafile=certificate_of(self))
            with urllib.request.urlopen(f"https://localhost:{second.port}/_diorama/health", context=context, timeout=10) as answer:
                self.assertEqual(answer.status, 200)
        self.assertEqual(pathlib.Path(certificate_of(self)).read_bytes(), first)

    def test_bytes_that_are_neither_tls_nor_http(self):
        for octets in (b"\x16\x03\x01\xff\xff" + b"\xff" * 200, b"\x16\x03\x01\x00\x05hello", b"\x16", b"\x80\x2e\x01\x00\x02"):
            with connected(self.emulator) as sock:
                sock.sendall(octets)
                sock.shutdown(1)
                with_answer = b""
                try:
                    while piece := sock.recv(4096):
                        with_answer += piece
                except ConnectionResetError:
                    pass
                self.assertNotIn(b"200 OK", with_answer)


if __name__ == "__main__":
    unittest.main()
