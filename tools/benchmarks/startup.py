"""From the command to the first answer, and memory with nothing created."""

import time

from benchmarks.measure import median, resident_mib, spread
from benchmarks.peers import Missing, Moto
from reference.emulator import Emulator


def run(settings):
    times, memory = [], []
    for _ in range(10):
        with Emulator(*settings.arguments) as emulator:
            times.append(emulator.started_in)
            time.sleep(0.3)
            memory.append(resident_mib(emulator.process.pid))
            size = settings.binary_size(emulator.binary)
    print("\nStart to the first answer, memory with nothing created")
    print(f"  {'diorama':<22}{1000 * median(times):>9.0f} ms ±{spread(times):.0f}%{median(memory):>9.1f} MiB, binary {size:.1f} MiB")
    try:
        began = time.monotonic()
        with Moto() as moto:
            took = time.monotonic() - began
            time.sleep(0.3)
            used = resident_mib(moto.pid)
        ratios = f"{took / median(times):.0f} times as long, {used / median(memory):.1f} times the memory"
        print(f"  {'moto_server':<22}{1000 * took:>9.0f} ms {'':4}{used:>9.1f} MiB: {ratios}")
    except Missing as missing:
        print(f"  skipped: {missing}")
