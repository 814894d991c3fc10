"""The merges that tokenizers' BpeTrainer learns. Reads {"texts", "vocabularySize"} on standard input."""

import json
import sys

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

job = json.load(sys.stdin)
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
trainer = trainers.BpeTrainer(
    vocab_size=job["vocabularySize"],
    special_tokens=["<|endoftext|>"],
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    show_progress=False,
)
tokenizer.train_from_iterator(job["texts"], trainer)
model = json.loads(tokenizer.to_str())["model"]
json.dump({"vocab": model["vocab"], "merges": model["merges"]}, sys.stdout)
