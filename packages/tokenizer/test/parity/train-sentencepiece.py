"""The pieces that sentencepiece's BPE trainer learns, in the order of their ids. Reads {"texts", "options"} on standard input."""

import io
import json
import sys

import sentencepiece

job = json.load(sys.stdin)
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
