"""Schedules, optimisers and the mean of weights. Called by the training loop."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from resgen import device
from resgen.training.muon import Muon


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn."""

    steps: int = 1000
    hours: float = 0.0  # end after so many though steps are left, where others use the machine too; 0 = never
    optimiser: str = "muon"  # or adamw, or sgd, for all parameters alike
    lr_kernels: float = 0.02  # for matrices and kernels; with Muon the size of orthogonalised updates
    lr_other: float = 3e-3  # for norms and biases
    lr_embedding: float = 3e-3  # rare words are seen seldom and want larger steps
    weight_decay: float = 0.05
    warmup: int = 50  # steps of linear rise
    decay: float = 0.4  # last share of the steps, over which the rates fall to zero
    ema: float = 0.99  # EMA decay a step
    clip: float = 1.0  # largest norm of the gradient
    save_minutes: float = 4.0
    patience: int = 0  # stop after so many saves without a better validation loss; 0 = never
    log_every: int = 20
    compile: bool = True
    seed: int = 0

    def factor(self, step: int, hours: float = 0.0) -> float:
        """The share of the full learning rate at a step, after so many hours: 0-1."""
        rising = min(1.0, (step + 1) / self.warmup)
        falling = min(1.0, (self.steps - step) / max(1.0, self.decay * self.steps))
        late = max(0.0, self.hours - hours) / (self.decay * self.hours) if self.hours else 1.0
        return min(rising, falling, late)

    def over(self, step: int, hours: float) -> bool:
        """Whether after so many steps and hours there is nothing more to do."""
        return step >= self.steps or 0 < self.hours <= hours


class Optimiser:
    """Muon (Jordan 2024) on every matrix and kernel of the network's layers, AdamW on everything else; or AdamW or
    SGD with Nesterov's momentum on all.

    Muon takes matrices; kernels (out, in, k, ...) are handed to it as views (out, in * k * ...)
    that share their storage, and so are their gradients.

    Raises:
        ValueError: the schedule names an optimiser that is none of these.
    """

    def __init__(self, network: nn.Module, schedule: Schedule):
        embeddings = {id(m.weight) for m in network.modules() if isinstance(m, nn.Embedding)}
        parameters = [p for p in network.parameters() if p.requires_grad]
        kernels = [p for p in parameters if p.ndim >= 2 and id(p) not in embeddings]
        groups = [
            {"params": [p for p in parameters if p.ndim < 2], "lr": schedule.lr_other},
            {"params": [p for p in parameters if id(p) in embeddings], "lr": schedule.lr_embedding},
        ]
        self.kernels: list[nn.Parameter] = []
        self.views: list[Tensor] = []
        self.parts: list[torch.optim.Optimizer] = []
        decay = schedule.weight_decay
        if schedule.optimiser == "muon":
            self.kernels = kernels
            self.views = [p.detach().view(p.shape[0], -1) for p in kernels]
            where = kernels[0].device
            self.parts = [Muon(self.views, schedule.lr_kernels, decay, device.precision(where))]
        else:
            groups.append({"params": kernels, "lr": schedule.lr_kernels, "weight_decay": decay})
        groups = [group for group in groups if group["params"]]
        if schedule.optimiser == "sgd":
            self.parts.append(torch.optim.SGD(groups, momentum=0.9, nesterov=True))
        elif schedule.optimiser in ("muon", "adamw"):
            self.parts.append(torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.0, fused=True))
        else:
            raise ValueError(f"optimiser is muon, adamw or sgd, not {schedule.optimiser}.")
        self.rates = [[group["lr"] for group in part.param_groups] for part in self.parts]

    def step(self, factor: float) -> None:
        for view, kernel in zip(self.views, self.kernels, strict=True):
            view.grad = None if kernel.grad is None else kernel.grad.view_as(view)
        for part, rates in zip(self.parts, self.rates, strict=True):
            for group, rate in zip(part.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            part.step()

    def state_dict(self) -> list[dict]:
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[dict]) -> None:
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


@torch.no_grad()
def _load(network: nn.Module, values: list[Tensor]) -> None:
    torch._foreach_copy_(list(network.parameters()), values)
