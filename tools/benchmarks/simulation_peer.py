"""The reference day's model in SimPy, as one writes it: simulation_peer.py VISITS_PER_SECOND MINUTES

A visitor's requests go to a cache with expiry or through a load balancer in turns to instances of two vCPUs and a
database, with the same times, sizes and shares as reference_day.yaml; outcomes, latencies and hits are counted by the
minute. There are no alarms, no scaling, no health checks and no DNS server: what is left out favours SimPy.
"""

import json
import random
import sys
import time

import simpy

PLACES = [("us-east", 0.6, 0.004), ("eu-west", 0.3, 0.04), ("ap-south", 0.1, 0.095)]  # name, share, seconds one way
EDGE = 0.005
ASSETS = 500
INSTANCES = 6
NANOSECONDS_PER_BYTE = 80e-9


class World:
    def __init__(self, env):
        self.env = env
        self.chance = random.Random(1)
        self.instances = [simpy.Resource(env, capacity=2) for _ in range(INSTANCES)]
        self.database = simpy.Resource(env, capacity=2)
        self.turn = 0
        self.cache = {}
        self.sizes = [self.chance.lognormvariate(9.9, 0.8) for _ in range(ASSETS)]
        self.weights = [1 / (rank + 1) ** 0.9 for rank in range(ASSETS)]
        self.picks = iter(())
        self.requests = 0
        self.minutes = {}

    def count(self, began, name):
        self.requests += 1
        minute = self.minutes.setdefault(int(self.env.now // 60), {})
        row = minute.setdefault(name, [0, 0.0, {}])
        took = self.env.now - began
        row[0] += 1
        row[1] += took
        bucket = int(took * 1000)
        row[2][bucket] = row[2].get(bucket, 0) + 1

    def asset(self):
        for pick in self.picks:
            return pick
        self.picks = iter(self.chance.choices(range(ASSETS), self.weights, k=10_000))
        return next(self.picks)

    def get_asset(self, far):
        began = self.env.now
        asset = self.asset()
        yield self.env.timeout(EDGE)
        if self.cache.get(asset, -1) <= self.env.now:
            yield self.env.timeout(2 * far + 0.02)
            self.cache[asset] = self.env.now + 86_400
            hit = "miss"
        else:
            hit = "hit"
        yield self.env.timeout(EDGE + self.sizes[asset] * NANOSECONDS_PER_BYTE)
        self.count(began, hit)

    def get_page(self, far, median, query, size, name):
        began = self.env.now
        yield self.env.timeout(far)
        self.turn = (self.turn + 1) % INSTANCES
        instance = self.instances[self.turn]
        with instance.request() as turn:
            yield turn
            yield self.env.timeout(median * self.chance.lognormvariate(0, 0.4))
        with self.database.request() as turn:
            yield turn
            yield self.env.timeout(query)
        yield self.env.timeout(0.0006)
        yield self.env.timeout(far + size * NANOSECONDS_PER_BYTE)
        self.count(began, name)

    def visit(self):
        far = self.chance.choices([one[2] for one in PLACES], [one[1] for one in PLACES])[0]
        yield self.env.process(self.get_page(far, 0.008, 0.00015, 24_576, "page"))
        for _ in range(6):
            yield self.env.process(self.get_asset(far))
        yield self.env.timeout(self.chance.expovariate(1 / 4))
        yield self.env.process(self.get_page(far, 0.004, 0.00015, 4_096, "order"))
        if self.chance.random() < 0.2:
            yield self.env.process(self.get_page(far, 0.010, 0.00025, 1_024, "buy"))

    def arrivals(self, rate):
        while True:
            yield self.env.timeout(self.chance.expovariate(rate))
            self.env.process(self.visit())


def main():
    rate, minutes = float(sys.argv[1]), float(sys.argv[2])
    env = simpy.Environment()
    world = World(env)
    env.process(world.arrivals(rate))
    began = time.process_time()
    env.run(until=minutes * 60)
    print(json.dumps({"requests": world.requests, "cpu_seconds": time.process_time() - began}))


main()
