"""The same step as gpt2-step.mjs in PyTorch eager: python bench/gpt2_step.py A 30 [threads]"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F

CASES = {"A": (4, 128, 4, 64, 12, 65), "B": (6, 384, 6, 256, 4, 65)}
name = sys.argv[1] if len(sys.argv) > 1 else "A"
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 20
torch.set_num_threads(int(sys.argv[3]) if len(sys.argv) > 3 else 2)
layers, width, heads, length, batch, vocabulary = CASES[name]
torch.manual_seed(0)


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.qkv, self.proj = torch.nn.Linear(width, 3 * width), torch.nn.Linear(width, width)
        self.fc, self.out = torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)

    def forward(self, x):
        q, k, v = (
            part.view(batch, length, heads, width // heads).transpose(1, 2)
            for part in self.qkv(self.ln1(x)).split(width, -1)
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(batch, length, width))
        return x + self.out(F.gelu(self.fc(self.ln2(x)), approximate="tanh"))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = torch.nn.Embedding(vocabulary, width), torch.nn.Embedding(length, width)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(layers))
        self.ln = torch.nn.LayerNorm(width)
        for p in self.parameters():
            if p.dim() > 1:
                torch.nn.init.normal_(p, std=0.02)

    def forward(self, ids, targets):
        x = self.wte(ids) + self.wpe(torch.arange(length))
        for block in self.blocks:
            x = block(x)
        return F.cross_entropy((self.ln(x) @ self.wte.weight.T).view(-1, vocabulary), targets.view(-1))


model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
ids = torch.tensor([(i * i + 7 * i) % vocabulary for i in range(batch * (length + 1))]).view(batch, length + 1)
times, loss = [], None
for _ in range(steps):
    start, cpu = time.perf_counter(), time.process_time()
    optimizer.zero_grad(set_to_none=True)
    loss = model(ids[:, :-1].contiguous(), ids[:, 1:].contiguous())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    value = loss.item()
    times.append(((time.perf_counter() - start) * 1e3, (time.process_time() - cpu) * 1e3))
wall = sorted(t[0] for t in times[min(3, steps - 1) :])
cpu = sorted(t[1] for t in times[min(3, steps - 1) :])
print(
    json.dumps(
        {
            "backend": f"torch {torch.__version__}",
            "case": name,
            "threads": torch.get_num_threads(),
            "steps": steps,
            "medianMs": round(wall[len(wall) // 2], 2),
            "bestMs": round(wall[0], 2),
            "medianCpuMs": round(cpu[len(cpu) // 2], 2),
            "bestCpuMs": round(cpu[0], 2),
            "loss": round(value, 5),
            "rssMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
