"""What sentencepiece does. Reads a job on standard input.

{"train": options, "texts", "path"}: trains a model and writes it to `path`.
{"encode": path, "texts"}: {"ids", "decoded"} of each text.
{"json": path, "texts"}: ids that Hugging Face's tokenizers gives for a tokenizer.json.
"""

import io
import json
import sys

job = json.load(sys.stdin)
texts = job["texts"]
out = None
if "train" in job:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(line for text in texts for line in text.split("\n") if line),
        model_writer=model,
        minloglevel=2,
        num_threads=1,
        hard_vocab_limit=False,
        max_sentence_length=1 << 20,
        **job["train"],
    )
    with open(job["path"], "wb") as file:
        file.write(model.getvalue())
elif "encode" in job:
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=job["encode"])
    ids = [processor.encode(text) for text in texts]
    out = {"ids": ids, "decoded": [processor.decode(one) for one in ids]}
else:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(job["json"])
    out = [one.ids for one in tokenizer.encode_batch(texts, add_special_tokens=False)]
json.dump(out, sys.stdout)
