"""Prints the documents of the shards in a folder as pyarrow and Python's gzip and json read them."""

import glob
import gzip
import hashlib
import json
import sys

import pyarrow.parquet as pq

folder = sys.argv[1]
manifest = json.load(open(f"{folder}/manifest.json", encoding="utf-8"))
rows = []
for shard in manifest["shards"]:
    path = f"{folder}/{shard['file']}"
    assert hashlib.sha256(open(path, "rb").read()).hexdigest() == shard["sha256"], path
    if path.endswith(".parquet"):
        part = pq.read_table(path).to_pylist()
        for row in part:
            if row["metadata"] is not None:
                row["metadata"] = json.loads(row["metadata"])
    else:
        opener = gzip.open if path.endswith(".gz") else open
        part = [json.loads(line) for line in opener(path, "rt", encoding="utf-8", newline="\n")]
    assert len(part) == shard["documents"], path
    rows += [{key: value for key, value in row.items() if value is not None} for row in part]
assert len(glob.glob(f"{folder}/*")) == len(manifest["shards"]) + 1
print(json.dumps(rows))
