"""Tokenizers in the shape that published families have, trained on the texts given: {"train", "texts", "size"} on standard input.

Writes for each its file, the ids of each text with and without the template, the offsets in characters, and what the ids decode to.
"""

import json
import sys

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers as n, pre_tokenizers as p, processors, trainers

job = json.load(sys.stdin)
texts = job["texts"]
size = job["size"]
alphabet = p.ByteLevel.alphabet()
byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)]


def trained(model, trainer, normalizer=None, pre_tokenizer=None, decoder=None, template=None):
    tokenizer = Tokenizer(model)
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    if decoder:
        tokenizer.decoder = decoder
    tokenizer.train_from_iterator(job["train"], trainer)
    if template:
        tokenizer.post_processor = template(tokenizer)
    return tokenizer


def around(before, after):
    def make(tokenizer):
        special = [(name, tokenizer.token_to_id(name)) for name in {*before, *after}]
        single = " ".join([*before, "$A", *after])
        return processors.TemplateProcessing(single=single, pair=f"{single} $B:1", special_tokens=special)

    return make


def bert(lowercase):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return trained(
        models.WordPiece(unk_token="[UNK]"),
        trainers.WordPieceTrainer(vocab_size=size, special_tokens=special, show_progress=False, limit_alphabet=size // 8),
        n.BertNormalizer(lowercase=lowercase),
        p.BertPreTokenizer(),
        decoders.WordPiece(),
        around(["[CLS]"], ["[SEP]"]),
    )


def byte_level(normalizer=None, pre_tokenizer=None, template=None, **settings):
    return trained(
        models.BPE(**settings),
        trainers.BpeTrainer(
            vocab_size=size, special_tokens=["<s>", "</s>", "<mask>"], initial_alphabet=alphabet, show_progress=False
        ),
        normalizer,
        pre_tokenizer or p.ByteLevel(add_prefix_space=False),
        decoders.ByteLevel(),
        template,
    )


def roberta():
    tokenizer = byte_level(pre_tokenizer=p.ByteLevel(add_prefix_space=True))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    return tokenizer


def gpt1():
    return trained(
        models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"),
        trainers.BpeTrainer(
            vocab_size=size, special_tokens=["<unk>"], end_of_word_suffix="</w>", show_progress=False, limit_alphabet=size // 8
        ),
        n.BertNormalizer(lowercase=True),
        p.BertPreTokenizer(),
        decoders.BPEDecoder(suffix="</w>"),
    )


def llama(fuse_unk=True, legacy=True):
    normalizer = n.Sequence([n.Prepend("▁"), n.Replace(" ", "▁")]) if legacy else n.Replace(" ", "▁")
    tokenizer = trained(
        models.BPE(unk_token="<unk>", fuse_unk=fuse_unk, byte_fallback=True),
        trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=["<unk>", "<s>", "</s>", *byte_tokens],
            show_progress=False,
            limit_alphabet=size // 8,
        ),
        normalizer,
        p.Split("▁", "merged_with_next"),
        decoders.Sequence(
            [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
            + ([decoders.Strip(" ", 1, 0)] if legacy else [])
        ),
        around(["<s>"], []),
    )
    # Encoding sees the text as one piece. The byte tokens are ordinary ones there.
    content = json.loads(tokenizer.to_str())
    content["pre_tokenizer"] = None if legacy else {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}
    content["added_tokens"] = [token for token in content["added_tokens"] if not token["content"].startswith("<0x")]
    return Tokenizer.from_str(json.dumps(content))


def words(pre_tokenizer):
    return trained(
        models.WordLevel(unk_token="<unk>"),
        trainers.WordLevelTrainer(vocab_size=size, special_tokens=["<unk>", "<eos>"], show_progress=False),
        n.Sequence([n.NFKC(), n.Lowercase()]),
        pre_tokenizer,
        None,
        around([], ["<eos>"]),
    )


def t5():
    tokenizer = trained(
        models.Unigram(),
        trainers.UnigramTrainer(vocab_size=size, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False),
        n.Sequence([n.Nmt(), n.NFKC(), n.Replace("  ", " ")]),
        p.Sequence([p.WhitespaceSplit(), p.Metaspace()]),
        decoders.Metaspace(),
        around([], ["</s>"]),
    )
    return tokenizer


def with_added(tokenizer):
    """Added tokens of all sorts, the normalized ones looked for behind the normalizer."""
    tokenizer.add_tokens(
        [
            AddedToken("NewWord"),
            AddedToken("Über", normalized=False),
            AddedToken("the", single_word=True),
            AddedToken("[X]", lstrip=True, rstrip=True),
            AddedToken("  ", normalized=False),
        ]
    )
    return tokenizer


families = {
    "BERT": bert(True),
    "BERT cased": bert(False),
    "BERT with added tokens": with_added(bert(True)),
    "GPT-2": byte_level(),
    "GPT-2 with added tokens": with_added(byte_level()),
    "GPT-NeoX": byte_level(n.NFC()),
    "RoBERTa": roberta(),
    "ignore_merges": byte_level(ignore_merges=True, template=lambda t: processors.Sequence([processors.ByteLevel(trim_offsets=False), around(["<s>"], [])(t)])),
    "StarCoder": byte_level(pre_tokenizer=p.Sequence([p.Digits(True), p.ByteLevel(add_prefix_space=False)])),
    "Falcon": byte_level(
        pre_tokenizer=p.Sequence([p.Punctuation("contiguous"), p.ByteLevel(add_prefix_space=False), p.Digits(False)])
    ),
    "GPT-1": gpt1(),
    "Llama 2": llama(),
    "Llama 2 with added tokens": with_added(llama()),
    "Gemma": llama(legacy=False),
    "words": words(p.Whitespace()),
    "words between spaces": words(p.WhitespaceSplit()),
    "T5": t5(),
}
result = []
for name, tokenizer in families.items():
    plain = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
    result.append(
        {
            "name": name,
            "file": tokenizer.to_str(),
            "ids": [encoding.ids for encoding in plain],
            "offsets": [encoding.offsets for encoding in plain],
            "template": [tokenizer.encode(text).ids for text in texts],
            "decoded": [tokenizer.decode(encoding.ids, skip_special_tokens=False) for encoding in plain],
            "skipped": [tokenizer.decode(tokenizer.encode(text).ids) for text in texts],
        }
    )
json.dump(result, sys.stdout)
