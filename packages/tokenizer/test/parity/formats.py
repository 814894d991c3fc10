"""What other systems make of files that this package saved: tiktoken of a .tiktoken file, transformers of vocab.json and merges.txt.

Reads {"tiktoken", "gpt2", "specialTokens", "texts"} on standard input, writes the ids of each text; or {"folder", "texts"}, and writes
the ids by the class that the settings in the folder name, with the special tokens that it puts around a text.
"""

import json
import os
import sys

os.environ["TIKTOKEN_CACHE_DIR"] = ""
import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext.openai_public import r50k_pat_str
from tokenizers.implementations import ByteLevelBPETokenizer
from transformers import AutoTokenizer, GPT2Tokenizer

job = json.load(sys.stdin)
if "folder" in job:
    named = AutoTokenizer.from_pretrained(job["folder"])
    ids = [named(text)["input_ids"] for text in job["texts"]]
    json.dump({"name": type(named).__name__, "ids": ids}, sys.stdout)
    sys.exit()
encoding = tiktoken.Encoding(
    "ours",
    pat_str=r50k_pat_str,
    mergeable_ranks=load_tiktoken_bpe(job["tiktoken"]),
    special_tokens=job["specialTokens"],
)
folder = job["gpt2"]
slow = GPT2Tokenizer.from_pretrained(folder)
plain = ByteLevelBPETokenizer.from_file(f"{folder}/vocab.json", f"{folder}/merges.txt")
json.dump(
    {
        "tiktoken": [encoding.encode(text, allowed_special="all") for text in job["texts"]],
        "GPT2Tokenizer": [slow(text)["input_ids"] for text in job["texts"]],
        "ByteLevelBPETokenizer": [plain.encode(text).ids for text in job["texts"]],
    },
    sys.stdout,
)
