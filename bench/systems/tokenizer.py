"""The Python peers of the tokenizer measurements: tokenizers, tiktoken, rustbpe, gigatoken."""

import hashlib
import json
import sys
import time
from importlib.metadata import version

import numpy as np
from serve import serve
from tiktoken_ext import openai_public

GPT2 = openai_public.r50k_pat_str

job = json.loads(sys.argv[1])
with open(job["text"], encoding="utf-8") as file:
    documents = [json.loads(line) for line in file]


def rate(encode):
    """`encode` of all documents. A first text comes before: what is made for it belongs to loading."""
    encode("hello world")

    def run():
        start = time.perf_counter()
        ids = [encode(document) for document in documents]
        seconds = time.perf_counter() - start
        digest = hashlib.sha256()
        for each in ids:
            digest.update(np.asarray(each, dtype=np.uint32).tobytes())
        value = seconds * 1000 if job["task"] == "once" else job["bytes"] / 1e6 / seconds
        return {"value": value, "check": digest.hexdigest()[:16]}

    return run


def tokenizers_encode():
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(job["tokenizer"])
    return rate(lambda text: tokenizer.encode(text, add_special_tokens=False).ids)


def tiktoken_encode():
    import tiktoken

    if "ranks" in job:
        encoding = published()
        return rate(lambda text: encoding.encode_to_numpy(text, disallowed_special=()))
    encoding = tiktoken.Encoding(name="ours", pat_str=GPT2, mergeable_ranks=ranks(), special_tokens={})
    back = ids_by_rank()
    return rate(lambda text: back[encoding.encode_to_numpy(text, disallowed_special=())])


def gigatoken_encode():
    import gigatoken

    tokenizer = gigatoken.Tokenizer(job["tokenizer"])
    return rate(tokenizer.encode)


def published():
    """tiktoken's own definition of the vocabulary, with the file from here instead of from the network."""
    import tiktoken

    openai_public.load_tiktoken_bpe = lambda _, expected_hash: tiktoken.load.load_tiktoken_bpe(
        job["ranks"], expected_hash=expected_hash
    )
    return tiktoken.Encoding(**openai_public.ENCODING_CONSTRUCTORS[f"{job['vocabulary']}_base"]())


def load(make):
    def run():
        start = time.perf_counter()
        make().encode("hello world")
        return {"value": (time.perf_counter() - start) * 1000}

    return run


def tokenizers_load():
    from tokenizers import Tokenizer

    return load(lambda: Tokenizer.from_file(job["tokenizer"]))


def tiktoken_load():
    return load(published)


def gigatoken_load():
    import gigatoken

    return load(lambda: gigatoken.Tokenizer(job["tokenizer"]))


def tokenizers_train():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    def run():
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=job["vocabularySize"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=["<|endoftext|>"],
            show_progress=False,
        )
        start = time.perf_counter()
        tokenizer.train_from_iterator(documents, trainer)
        return {"value": time.perf_counter() - start, "check": str(tokenizer.get_vocab_size())}

    return run


def rustbpe_train():
    import rustbpe

    def run():
        tokenizer = rustbpe.Tokenizer()
        # rustbpe has no special tokens in its vocabulary: one merge more gives the same size.
        start = time.perf_counter()
        tokenizer.train_from_iterator(iter(documents), job["vocabularySize"], pattern=GPT2)
        return {"value": time.perf_counter() - start, "check": str(tokenizer.vocab_size)}

    return run


def byte_of():
    """GPT-2's printable stand-ins for bytes, turned around."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {chr(b): b for b in plain}
    for n, b in enumerate(b for b in range(256) if b not in set(plain)):
        table[chr(256 + n)] = b
    return table


def tokens():
    with open(job["tokenizer"], encoding="utf-8") as file:
        data = json.load(file)
    special = {token["content"] for token in data["added_tokens"]}
    table = byte_of()
    vocabulary = [(i, t) for t, i in data["model"]["vocab"].items() if t not in special]
    return [(i, bytes(table[c] for c in t)) for i, t in sorted(vocabulary)]


def ranks():
    return {token: rank for rank, (_, token) in enumerate(tokens())}


def ids_by_rank():
    return np.array([i for i, _ in tokens()], dtype=np.uint32)


system = job["system"]
run = globals()[f"{system}_{job['task'].replace('once', 'encode')}"]()
serve({system: version(system)}, run)
