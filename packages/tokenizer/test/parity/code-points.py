"""What normalizers and pre-tokenizers of tokenizers make of texts: {"texts"} on standard input.

Writes [part, result of each text]: a text, or pieces.
"""

import json
import sys

from tokenizers import normalizers as n, pre_tokenizers as p

texts = json.load(sys.stdin)["texts"]
normalizers = [
    *[n.BertNormalizer(*[i == k for k in range(4)]) for i in range(4)],
    *[n.NFC(), n.NFD(), n.NFKC(), n.NFKD(), n.Lowercase(), n.Nmt(), n.StripAccents(), n.ByteLevel()],
]
pre_tokenizers = [p.BertPreTokenizer(), p.Punctuation(), p.Digits(True), p.Whitespace(), p.WhitespaceSplit()]
json.dump(
    {
        "normalizers": [[json.loads(part.__getstate__()), [part.normalize_str(text) for text in texts]] for part in normalizers],
        "preTokenizers": [
            [json.loads(part.__getstate__()), [[piece for piece, _ in part.pre_tokenize_str(text)] for text in texts]]
            for part in pre_tokenizers
        ],
    },
    sys.stdout,
)
