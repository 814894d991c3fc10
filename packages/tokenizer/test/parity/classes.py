"""Which code points the regular expressions of tiktoken and the pre-tokenizer of tokenizers take for what."""

import json
import sys

import tiktoken
from tokenizers import pre_tokenizers

points = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]


def by_tiktoken(pattern):
    ranks = {bytes([byte]): byte for byte in range(256)}
    encoding = tiktoken.Encoding("probe", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    # Text that the pattern does not match is left out.
    return [point for point in points if encoding.encode_ordinary(chr(point))]


split = pre_tokenizers.ByteLevel(add_prefix_space=False)


def joins(before):
    return {point for point in points if len(split.pre_tokenize_str(before + chr(point))) == 1}


letters, numbers, others = joins("a"), joins("1"), joins("!")
json.dump(
    {
        "tiktoken": [by_tiktoken(r"\p{L}"), by_tiktoken(r"\p{N}"), by_tiktoken(r"\s")],
        # An apostrophe with a letter that makes a contraction cannot occur: one character follows.
        "tokenizers": [sorted(letters), sorted(numbers), sorted(set(points) - letters - numbers - others)],
    },
    sys.stdout,
)
