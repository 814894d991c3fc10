"""What tokenizers, tiktoken and transformers make of texts with a tokenizer that this package saved.

Reads {"folder", "texts"} on standard input, writes the ids of each text by each system to standard output.
"""

import json
import sys
from pathlib import Path

import tiktoken
from tokenizers import Tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerFast

job = json.load(sys.stdin)
folder = Path(job["folder"])
texts = job["texts"]
# Part of what `npm run parity` compares: the pattern of r50k as tiktoken has it.
GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"


def alphabet():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}


def by_tiktoken():
    """tiktoken takes ids for ranks, which they are in vocabularies that were trained."""
    content = json.loads((folder / "tokenizer.json").read_text())
    special = {token["content"]: token["id"] for token in content["added_tokens"]}
    letters = alphabet()
    ranks = {
        bytes(letters[c] for c in name): i
        for name, i in content["model"]["vocab"].items()
        if name not in special
    }
    encoding = tiktoken.Encoding("ours", pat_str=GPT2, mergeable_ranks=ranks, special_tokens=special)
    return [encoding.encode(text, allowed_special="all") for text in texts]


fast = Tokenizer.from_file(str(folder / "tokenizer.json"))
named = PreTrainedTokenizerFast.from_pretrained(folder)
auto = AutoTokenizer.from_pretrained(folder)
ids = [fast.encode(text).ids for text in texts]
result = {
    "tokenizers": ids,
    "PreTrainedTokenizerFast": [named(text)["input_ids"] for text in texts],
    "AutoTokenizer": [auto(text)["input_ids"] for text in texts],
    "decoded": [fast.decode(each, skip_special_tokens=False) for each in ids],
}
if job["tiktoken"]:
    result["tiktoken"] = by_tiktoken()
json.dump(result, sys.stdout)
