"""Normalizers, pre-tokenizers and decoders of tokenizers, each in a tokenizer of words that knows every piece of the texts.

Reads {"texts"} on standard input; writes for each tokenizer its file, the ids, the offsets in characters, and what the ids decode to.
"""

import json
import sys

from tokenizers import Regex, Tokenizer, decoders, models, normalizers as n, pre_tokenizers as p

texts = json.load(sys.stdin)["texts"]

behaviors = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
pre = {
    "none": None,
    "bert": p.BertPreTokenizer(),
    "whitespace": p.Whitespace(),
    "whitespace split": p.WhitespaceSplit(),
    "delimiter": p.CharDelimiterSplit("e"),
    "digits": p.Digits(False),
    "single digits": p.Digits(True),
    "metaspace": p.Metaspace(),
    "metaspace first": p.Metaspace(prepend_scheme="first"),
    "metaspace never": p.Metaspace(prepend_scheme="never"),
    "metaspace whole": p.Metaspace(split=False),
    "byte level": p.ByteLevel(add_prefix_space=False),
    "byte level space": p.ByteLevel(add_prefix_space=True),
    "byte level whole": p.ByteLevel(add_prefix_space=True, use_regex=False),
    "t5": p.Sequence([p.WhitespaceSplit(), p.Metaspace()]),
    "nested": p.Sequence([p.Sequence([p.Punctuation("contiguous"), p.Digits(True)]), p.Metaspace(prepend_scheme="first")]),
    "falcon": p.Sequence([p.Punctuation("contiguous"), p.ByteLevel(add_prefix_space=False), p.Digits(False)]),
    "fixed": p.FixedLength(3),
    **{f"punctuation {b}": p.Punctuation(b) for b in behaviors},
    **{f"split {b} {invert}": p.Split("t", b, invert) for b in behaviors for invert in (False, True)},
}
norm = {
    "none": None,
    "bert": n.BertNormalizer(),
    "bert cased": n.BertNormalizer(lowercase=False),
    "bert accents": n.BertNormalizer(lowercase=True, strip_accents=False, clean_text=False),
    "nfc": n.NFC(),
    "nfd": n.NFD(),
    "nfkc": n.NFKC(),
    "nfkd": n.NFKD(),
    "lowercase": n.Lowercase(),
    "nmt": n.Nmt(),
    "strip": n.Strip(),
    "strip left": n.Strip(left=True, right=False),
    "albert": n.Sequence([n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(), n.Lowercase()]),
    "llama": n.Sequence([n.Prepend("▁"), n.Replace(" ", "▁")]),
    "byte level": n.ByteLevel(),
}
decode = {
    "none": None,
    "metaspace": decoders.Metaspace(),
    "metaspace never": decoders.Metaspace(prepend_scheme="never"),
    "word piece": decoders.WordPiece(),
    "word piece untidy": decoders.WordPiece(cleanup=False),
    "byte level": decoders.ByteLevel(),
    "fuse": decoders.Fuse(),
    "strip": decoders.Strip("t", 1, 0),
    "llama": decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]),
}


def build(normalizer, pre_tokenizer, decoder):
    tokenizer = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    if decoder:
        tokenizer.decoder = decoder
    vocabulary = {"<unk>": 0}
    for text in texts:
        normal = normalizer.normalize_str(text) if normalizer else text
        pieces = [piece for piece, _ in pre_tokenizer.pre_tokenize_str(normal)] if pre_tokenizer else [normal]
        for piece in pieces:
            vocabulary.setdefault(piece, len(vocabulary))
    tokenizer.model = models.WordLevel(vocabulary, unk_token="<unk>")
    return tokenizer


combinations = [
    *[(f"pre-tokenizer {name}", None, part, None) for name, part in pre.items()],
    *[(f"normalizer {name}", part, pre[then], None) for name, part in norm.items() for then in ("bert", "metaspace")],
    *[(f"decoder {name}", None, pre["metaspace"], part) for name, part in decode.items()],
    # The end of a word stands nowhere else in a token.
    ("decoder bpe", None, p.Sequence([p.WhitespaceSplit(), p.Split("e", "merged_with_previous")]), decoders.BPEDecoder(suffix="e")),
    ("decoder of byte level", None, pre["byte level"], decode["byte level"]),
]
result = []
for name, *parts in combinations:
    tokenizer = build(*parts)
    encodings = [tokenizer.encode(text) for text in texts]
    result.append(
        {
            "name": name,
            "file": tokenizer.to_str(),
            "ids": [encoding.ids for encoding in encodings],
            "offsets": [encoding.offsets for encoding in encodings],
            "decoded": [tokenizer.decode(encoding.ids, skip_special_tokens=False) for encoding in encodings],
        }
    )
json.dump(result, sys.stdout)
