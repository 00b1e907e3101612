"""PyTorch (eager, one thread or `--threads N`), the peer of `bench train` and `bench optimizers`.

Reads requests `WORKLOAD STEPS` from standard input, one a line, runs that many training steps (forward, backward, AdamW) or, for `adamw-COUNT`,
updates alone, and answers with the seconds they took. The benchmark alternates its own blocks with these, so that both see the same machine. `--alone` measures without a benchmark.
"""
import os
import sys

THREADS = int(sys.argv[sys.argv.index("--threads") + 1]) if "--threads" in sys.argv else 1
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(THREADS)

import statistics
import time

import torch

torch.set_num_threads(THREADS)



def dense(*widths):
    layers = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.ReLU()]
    return layers[:-1]


def convolutions():
    pooled = [torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
    return [torch.nn.Conv2d(1, 16, 3), *pooled, torch.nn.Conv2d(16, 32, 3), *pooled, torch.nn.Flatten(), torch.nn.Linear(800, 10)]


# Name: layers, shape of a batch. The same table stands in Workloads.cs.
MODELS = {
    "A": (lambda: dense(4, 16, 3), (32, 4)),
    "B": (lambda: dense(64, 128, 10), (32, 64)),
    "C": (lambda: dense(784, 256, 128, 10), (128, 784)),
    "D": (lambda: dense(784, 1024, 1024, 10), (256, 784)),
    "E": (convolutions, (64, 1, 28, 28)),
}


class Trainer:
    def __init__(self, layers, shape):
        torch.manual_seed(1)
        self.model = torch.nn.Sequential(*layers())
        self.loss = torch.nn.CrossEntropyLoss()
        # A rate too small to converge, as in Models.cs.
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-7, weight_decay=1e-2, foreach=True)
        self.x = torch.randn(shape)
        self.y = torch.randint(0, self.model[-1].out_features, shape[:1])

    def run(self, steps):
        model, loss, optimizer, x, y = self.model, self.loss, self.optimizer, self.x, self.y
        start = time.perf_counter()
        for _ in range(steps):
            optimizer.zero_grad(set_to_none=True)
            value = loss(model(x), y)
            value.backward()
            optimizer.step()
        return time.perf_counter() - start


class Updater:
    """AdamW alone, over one flat parameter whose gradient stays the same."""

    def __init__(self, count):
        parameter = torch.nn.Parameter(torch.arange(count, dtype=torch.float32) % 7 + 1)
        parameter.grad = 0.1 * parameter.detach()
        self.optimizer = torch.optim.AdamW([parameter], lr=1e-7, weight_decay=1e-2, foreach=True)

    def run(self, steps):
        start = time.perf_counter()
        for _ in range(steps):
            self.optimizer.step()
        return time.perf_counter() - start


def workload(name):
    return Updater(int(name[len("adamw-"):])) if name.startswith("adamw-") else Trainer(*MODELS[name])


def blas():
    """The matrix library in use, by what is mapped into this process."""
    torch.ones(8, 8) @ torch.ones(8, 8)
    with open("/proc/self/maps") as maps:
        mapped = maps.read()
    for library in ("openblas", "mkl", "blis"):
        if "lib" + library in mapped:
            return library
    return "reference BLAS, several times slower: install OpenBLAS (Debian: libopenblas0-pthread) for a fair comparison"


def alone():
    for name, (layers, shape) in MODELS.items():
        trainer = Trainer(layers, shape)
        trainer.run(100)
        steps = max(1, int(0.05 / trainer.run(1)))
        times = sorted(trainer.run(steps) / steps for _ in range(60))
        print(f"{name}: median {statistics.median(times) * 1e6:.1f} us, minimum {times[0] * 1e6:.1f} us")


def serve():
    current, runner = None, None
    print(f"PyTorch {torch.__version__} ({blas()})", flush=True)
    for line in sys.stdin:
        name, steps = line.split()
        if name != current:
            current, runner = name, workload(name)
        print(repr(runner.run(int(steps))), flush=True)


if __name__ == "__main__":
    alone() if "--alone" in sys.argv else serve()
