"""The other side of process.mjs for systems that run in Python."""

import gc
import json
import re
import resource
import sys


def serve(versions, run):
    say({"versions": versions})
    for line in sys.stdin:
        if line.strip() == "run":
            gc.collect()
            answer = run()
            say({**answer, "peakRssMB": peak_rss_mb()})


def peak_rss_mb():
    """Linux counts what the process that started this one had, in all but VmHWM."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with open("/proc/self/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024


def say(message):
    print(json.dumps({"bench": message}, separators=(",", ":")), flush=True)
