"""Added tokens, places and bytes that are not UTF-8 by tokenizers and tiktoken.

Reads {"files", "texts", "bytes"} on standard input: contents of tokenizer.json, texts, and byte strings as lists. Writes, for
each file and text, ids, places in characters and decoded texts, and for each byte string the ids of tiktoken's r50k and cl100k.
"""

import json
import sys
from pathlib import Path

import tiktoken
from tokenizers import Tokenizer

job = json.load(sys.stdin)


def by_tokenizers(content):
    tokenizer = Tokenizer.from_str(json.dumps(content))
    out = []
    for text in job["texts"]:
        try:
            found = tokenizer.encode(text, add_special_tokens=False)
        except BaseException as error:
            # A panic, where a token stands in white space that the one before took along.
            if "bad split" not in str(error):
                raise
            out.append(None)
            continue
        out.append({"ids": found.ids, "offsets": found.offsets, "text": tokenizer.decode(found.ids, skip_special_tokens=True)})
    return out


def encoding(name, pattern, ranks, special):
    return tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens=special)


ranks = {bytes(token): rank for rank, token in enumerate(job["ranks"])}
GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
ours = encoding("ours", GPT2, ranks, {})
json.dump(
    {
        "files": [by_tokenizers(content) for content in job["files"]],
        "bytes": [ours._encode_bytes(bytes(each)) for each in job["bytes"]],
    },
    sys.stdout,
)
