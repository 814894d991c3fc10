"""Loads a model folder as any user of transformers would: prints the ids of texts and the logits of a prompt.

Usage: load-model.py FOLDER TEXTS_JSON
"""

import json
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder, texts = sys.argv[1], json.loads(sys.argv[2])
tokenizer = AutoTokenizer.from_pretrained(folder)
model, loading = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
model.eval()
ids = [tokenizer(text)["input_ids"] for text in texts]
prompt = ids[0][: model.config.n_positions]
with torch.no_grad():
    logits = model(torch.tensor([prompt])).logits[0]
generated = model.generate(torch.tensor([prompt[:8]]), max_new_tokens=8, do_sample=False)
json.dump(
    {
        "problems": {name: sorted(map(str, keys)) for name, keys in loading.items() if keys},
        "class": type(model).__name__,
        "ids": ids,
        "decoded": [tokenizer.decode(part) for part in ids],
        "end": tokenizer.eos_token_id,
        "logits": logits.flatten().tolist(),
        "generated": generated[0].tolist()[8:],
    },
    sys.stdout,
)
