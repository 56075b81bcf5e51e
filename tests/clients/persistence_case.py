"""What the tests of persistence have in common: an emulator that starts again on the same ports and folder."""

import http.client
import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.dns import query  # noqa: E402
from reference.emulator import Emulator  # noqa: E402


def bytes_of(seed, size):
    return random.Random(seed).randbytes(size)


class Reborn(Emulator):
    """An emulator that starts again on the same ports and folder."""

    def __init__(self, folder, *arguments):
        super().__init__("--data", folder, *arguments)

    def kill_and_start(self):
        self.kill()
        return self.start()

    def get(self, name, path="/", method="GET", body=None):
        """(status, headers, body) from where DNS says `name` is."""
        addresses = query(name, self.dns_port)
        if not addresses:
            return 0, {}, b""
        connection = http.client.HTTPConnection(*self.real_endpoint(addresses[0], 80), timeout=10)
        try:
            connection.request(method, path, body=body, headers={"Host": name, "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except OSError:
            return 0, {}, b""
        finally:
            connection.close()
