"""How tokenizers (Oniguruma) and tiktoken (Rust's fancy-regex) cut texts by patterns, and which code points have a property.

Reads {"texts", "splits": [{"regex", "behavior", "invert"}], "cuts": [{"regex", "pieces"}], "properties": [{"regex", "engines"}]} on
standard input. For a cut, tiktoken is given every piece as a token, so that it has one id for a piece that it cuts too.
"""

import json
import sys

import tiktoken
from tokenizers import Regex, pre_tokenizers

job = json.load(sys.stdin)
everything = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)


def split(regex, behavior="isolated", invert=False):
    cutter = pre_tokenizers.Split(Regex(regex), behavior, invert)
    return [[piece for piece, _ in cutter.pre_tokenize_str(text)] for text in job["texts"]]


def cut(regex, pieces):
    tokens = {bytes([byte]): byte for byte in range(256)}
    for piece in pieces:
        tokens.setdefault(piece.encode(), len(tokens))
    encoding = tiktoken.Encoding("probe", pat_str=regex, mergeable_ranks=tokens, special_tokens={})
    return [
        [encoding.decode_single_token_bytes(i).decode("utf-8", "replace") for i in encoding.encode_ordinary(text)]
        for text in job["texts"]
    ]


def members(regex, engine):
    if engine == "tiktoken":
        ranks = {bytes([byte]): byte for byte in range(256)}
        encoding = tiktoken.Encoding("probe", pat_str=regex, mergeable_ranks=ranks, special_tokens={})
        # Text that the pattern does not match is left out.
        return encoding.decode_bytes(encoding.encode_ordinary(everything)).decode()
    cutter = pre_tokenizers.Split(Regex(f"(?:{regex})+"), "removed", True)
    return "".join(piece for piece, _ in cutter.pre_tokenize_str(everything))


json.dump(
    {
        "splits": [split(**each) for each in job["splits"]],
        "cuts": [cut(**each) for each in job["cuts"]],
        "properties": [
            {engine: members(each["regex"], engine) for engine in each["engines"]} for each in job["properties"]
        ],
    },
    sys.stdout,
)
