"""What tiktoken makes of texts with the vocabularies that OpenAI published.

Reads {"files": {name: path}, "texts", "bytes"} on standard input; writes for each vocabulary a digest of the ids of each text, of
each byte string (hexadecimal), and of each 4,096 code points, alone and between letters.
"""

import hashlib
import json
import os
import sys

import numpy as np

os.environ["TIKTOKEN_CACHE_DIR"] = ""
import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext import openai_public

job = json.load(sys.stdin)


def from_disk(address, expected_hash):
    name = address.rsplit("/", 1)[1].removesuffix(".tiktoken")
    return load_tiktoken_bpe(job["files"][name], expected_hash)


openai_public.load_tiktoken_bpe = from_disk


def digest(lists):
    found = hashlib.sha256()
    for ids in lists:
        found.update(np.asarray([len(ids), *ids], dtype="<u4").tobytes())
    return found.hexdigest()[:16]


def scalars(encode, first):
    points = (point for point in range(first, first + 4096) if not 0xD800 <= point < 0xE000)
    return digest(encode(text) for point in points for text in (chr(point), f"a{chr(point)}b {chr(point)}"))


def measure(name):
    encoding = tiktoken.Encoding(**openai_public.ENCODING_CONSTRUCTORS[name]())

    def special(text):
        return encoding.encode(text, allowed_special="all")

    return {
        "size": encoding.n_vocab,
        "texts": [digest([encoding.encode_ordinary(text)]) for text in job["texts"]],
        "special": [digest([special(text)]) for text in job["texts"][:200]],
        "bytes": [digest([encoding._encode_bytes(bytes.fromhex(text))]) for text in job["bytes"]],
        "scalars": [scalars(encoding.encode_ordinary, first) for first in range(0, 0x110000, 4096)],
    }


json.dump({name: measure(name) for name in job["names"]}, sys.stdout)
