"""Reads a folder with transformers, prints its logits on the token ids given as JSON: {"logits": [...], "greedy": [...]}."""

import json
import sys

import torch
from transformers import GPT2LMHeadModel

folder, ids = sys.argv[1], json.loads(sys.argv[2])
model, report = GPT2LMHeadModel.from_pretrained(folder, output_loading_info=True)
model.eval()
problems = {name: sorted(map(str, found)) for name, found in report.items() if found}
with torch.no_grad():
    tokens = torch.tensor([ids])
    logits = model(tokens).logits[0]
    # The mask is given because transformers would take ids equal to pad_token_id for padding.
    greedy = model.generate(
        tokens, attention_mask=torch.ones_like(tokens), max_new_tokens=10, do_sample=False, pad_token_id=0
    )[0, len(ids) :]
print(json.dumps({"problems": problems, "logits": logits.flatten().tolist(), "greedy": greedy.tolist()}))
