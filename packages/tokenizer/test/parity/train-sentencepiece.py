"""The pieces that sentencepiece's BPE trainer learns, in the order of their ids. Reads {"texts", "options"} on standard input.

With {"texts", "model"}, the path of a file: the ids that it gives for each text, and the texts of these ids.
"""

import io
import json
import sys

import sentencepiece

job = json.load(sys.stdin)
if "model" in job:
    processor = sentencepiece.SentencePieceProcessor(model_file=job["model"])
    ids = [processor.encode(text) for text in job["texts"]]
    json.dump({"ids": ids, "decoded": [processor.decode(each) for each in ids]}, sys.stdout)
    sys.exit()
model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(job["texts"]),
    model_writer=model,
    model_type="bpe",
    minloglevel=2,
    max_sentence_length=1 << 20,
    normalization_rule_name="identity",
    remove_extra_whitespaces=False,
    hard_vocab_limit=False,
    **job["options"],
)
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
json.dump([processor.id_to_piece(i) for i in range(processor.get_piece_size())], sys.stdout)
