"""The other side of process.mjs for systems that run in Python."""

import json
import resource
import sys


def serve(versions, run):
    say({"versions": versions})
    for line in sys.stdin:
        if line.strip() == "run":
            answer = run()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            say({**answer, "peakRssMB": peak})


def say(message):
    print(json.dumps({"bench": message}, separators=(",", ":")), flush=True)
