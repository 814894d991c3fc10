"""A GPT-2 training step in PyTorch, eager or compiled: forward, backward, clip to 1, AdamW."""

import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from serve import serve

job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
torch.manual_seed(1)
width, heads, layers = job["width"], job["nHeads"], job["nLayers"]
time_steps, batch, vocabulary = job["sequenceLength"], job["batchSize"], job["vocabularySize"]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc, self.out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, _ = x.shape
        shape = (b, t, heads, width // heads)
        q, k, v = (each.view(shape).transpose(1, 2) for each in self.qkv(self.ln_1(x)).split(width, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(b, t, width))
        return x + self.out(F.gelu(self.fc(self.ln_2(x)), approximate="tanh"))


class Gpt2(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(time_steps, width)
        self.blocks = nn.ModuleList([Block() for _ in range(layers)])
        self.ln_f = nn.LayerNorm(width)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, 0, 0.02)

    def forward(self, tokens, targets):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x)
        logits = self.ln_f(x) @ self.wte.weight.T
        return F.cross_entropy(logits.view(-1, vocabulary), targets.reshape(-1))


model = Gpt2()
loss_of = torch.compile(model) if job["compile"] else model
optimizer = torch.optim.AdamW(
    [
        {"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": 0.1},
        {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0},
    ],
    lr=1e-3,
    betas=(0.9, 0.95),
    fused=True,
)
data = torch.randint(0, vocabulary, (1_000_000,))


def step():
    starts = torch.randint(0, len(data) - time_steps - 1, (batch,))
    windows = torch.stack([data[s : s + time_steps + 1] for s in starts])
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=job["dtype"] == "bfloat16"):
        loss = loss_of(windows[:, :-1], windows[:, 1:])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def run():
    start = time.perf_counter()
    for _ in range(job["steps"]):
        step()
    return {"value": (time.perf_counter() - start) * 1000 / job["steps"]}


for _ in range(job["warmupSteps"]):
    step()
serve({"torch": torch.__version__}, run)
