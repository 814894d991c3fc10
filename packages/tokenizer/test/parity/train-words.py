"""What tokenizers' trainers learn from words. Reads {"texts", "jobs"} on standard input: each job is a trainer and its options."""

import json
import sys

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

job = json.load(sys.stdin)


def train(kind, options):
    if kind == "end-of-word":
        tokenizer = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.BpeTrainer(
            special_tokens=["<unk>"], end_of_word_suffix="</w>", show_progress=False, **options
        )
    elif kind == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(
            special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False, **options
        )
    else:
        tokenizer = Tokenizer(models.WordLevel(unk_token="<|unknown|>"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        trainer = trainers.WordLevelTrainer(
            special_tokens=["<|endoftext|>", "<|unknown|>"], show_progress=False, **options
        )
    tokenizer.train_from_iterator(job["texts"], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return {"vocab": model["vocab"], "merges": model.get("merges", [])}


json.dump([train(each["kind"], each["options"]) for each in job["jobs"]], sys.stdout)
