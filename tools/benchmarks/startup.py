"""From the command to the first answer, and memory with nothing created."""

import pathlib
import subprocess
import tempfile
import time

from benchmarks.measure import median, resident_mib, spread
from benchmarks.peers import Missing, Moto
from reference.emulator import Emulator


def program_mib(binary):
    """Without the line numbers that a debugger reads."""
    with tempfile.TemporaryDirectory() as folder:
        bare = pathlib.Path(folder) / "bare"
        subprocess.run(["strip", "-o", bare, binary], check=True)
        return bare.stat().st_size / 1024 / 1024


def run(settings):
    times, memory = [], []
    for _ in range(10):
        with Emulator(*settings.arguments) as emulator:
            times.append(emulator.started_in)
            time.sleep(0.3)
            memory.append(resident_mib(emulator.process.pid))
    print("\nStart to the first answer, memory with nothing created")
    size = program_mib(emulator.binary)
    print(
        f"  {'diorama':<22}{1000 * median(times):>9.0f} ms ±{spread(times):<3.0f}%"
        f"{median(memory):>8.1f} MiB, stripped binary {size:.1f} MiB"
    )
    try:
        began = time.monotonic()
        with Moto() as moto:
            took = time.monotonic() - began
            time.sleep(0.3)
            used = resident_mib(moto.pid)
        ratios = f"{took / median(times):.0f} times as long, {used / median(memory):.1f} times the memory"
        print(f"  {'moto_server':<22}{1000 * took:>9.0f} ms {'':5}{used:>8.1f} MiB: {ratios}")
    except Missing as missing:
        print(f"  skipped: {missing}")
