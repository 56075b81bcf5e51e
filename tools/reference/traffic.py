"""Viewers and customers: threads that resolve names through the emulator's DNS and send HTTP requests over kept connections, and count
what comes back."""

import collections
import http.client
import random
import threading
import time

from .dns import query


class Visitors:
    """Sends requests until stopped. `paths` is asked for the next (host name, method, path, body)."""

    def __init__(self, emulator, paths, threads=4, rate=None):
        self.emulator = emulator
        self.paths = paths
        self.rate = rate  # requests per second of each thread; None: as fast as they are answered
        self.lock = threading.Lock()
        self.statuses = collections.Counter()
        self.instances = collections.Counter()
        self.caches = collections.Counter()
        self.queries = 0
        self.failures = []
        self.latencies = []
        self._stop = threading.Event()
        self.threads = [threading.Thread(target=self._visit, args=(n,), daemon=True) for n in range(threads)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self._stop.set()
        for thread in self.threads:
            thread.join(20)
        return self

    @property
    def requests(self):
        with self.lock:
            return sum(self.statuses.values()) + len(self.failures)

    def percentile(self, p):
        with self.lock:
            values = sorted(self.latencies)
        return values[min(len(values) - 1, int(len(values) * p / 100))] if values else 0.0

    def _visit(self, number):
        chance = random.Random(number)
        connections = {}
        while not self._stop.is_set():
            began = time.monotonic()
            host, method, path, body = self.paths(chance)
            try:
                self._request(connections, host, method, path, body)
            except (OSError, http.client.HTTPException) as error:
                if host in connections:
                    connections.pop(host)[0].close()
                with self.lock:
                    self.failures.append(f"{method} {host}{path}: {error!r}")
            if self.rate:
                self._stop.wait(max(0.0, 1 / self.rate - (time.monotonic() - began)))
        for connection, _ in connections.values():
            connection.close()

    def _request(self, connections, host, method, path, body):
        connection, uses = connections.get(host, (None, 0))
        if connection is None or uses >= 50:  # a visitor leaves, another one comes and asks DNS again
            if connection is not None:
                connection.close()
            addresses = query(host, self.emulator.dns_port)
            if not addresses:
                raise OSError(f"{host} has no address")
            with self.lock:
                self.queries += 1
            connection = http.client.HTTPConnection(*self.emulator.real_endpoint(addresses[0], 80), timeout=10)
            uses = 0
        connections[host] = (connection, uses + 1)
        began = time.monotonic()
        connection.request(method, path, body=body, headers={"Host": host, "Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        with self.lock:
            self.latencies.append(time.monotonic() - began)
            self.statuses[answer.status] += 1
            if answer.getheader("X-Instance-Id"):
                self.instances[answer.getheader("X-Instance-Id")] += 1
            if answer.getheader("X-Cache"):
                self.caches[answer.getheader("X-Cache").split()[0]] += 1
        if answer.will_close:
            connections.pop(host, None)


def get(host, path, emulator, method="GET", body=None, headers=None, timeout=10):
    """One request by way of the emulated DNS: (status, headers, body)."""
    addresses = query(host, emulator.dns_port)
    connection = http.client.HTTPConnection(*emulator.real_endpoint(addresses[0], 80), timeout=timeout)
    connection.request(method, path, body=body, headers={"Host": host, **(headers or {})})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content
