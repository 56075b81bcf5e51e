"""The main job of tools/run: brings an emulator up, deploys the reference architecture, sends traffic through it for about a minute
while things happen to it, and prints what was seen. Exits 0 only if everything held."""

import argparse
import sys
import time

from . import story
from .emulator import Emulator
from .summary import print_summary

# Emulated seconds in a real one: an alarm that looks at a minute of metrics does so every three seconds.
TIME_SCALE = 20


def main():
    parser = argparse.ArgumentParser(prog="tools/run", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long traffic is sent, about (default 60)")
    parser.add_argument("--keep-log", metavar="FILE", help="where the emulator's log goes")
    arguments = parser.parse_args()
    began = time.monotonic()

    def say(text):
        print(f"  {time.monotonic() - began:5.1f} s  {text}", flush=True)

    emulator = Emulator("--time-scale", str(TIME_SCALE), log=arguments.keep_log)
    with emulator:
        say(f"Diorama is up at {emulator.url}, ready after {emulator.started_in * 1000:.0f} ms")
        seen = story.Story(emulator, say, arguments.seconds)
        try:
            seen.tell()
        except Exception as error:  # whatever broke, the summary says how far the story came
            seen.held("the story was told to its end", False, repr(error))
            print(emulator.log_tail(15), file=sys.stderr)
        print_summary(seen)
    return 0 if seen.all_held() else 1


if __name__ == "__main__":
    sys.exit(main())
