"""The optimiser of the networks' matrices and kernels. Called by `resgen.training.loop`."""

from collections import defaultdict

import torch
from torch import Tensor

MOMENTUM = 0.95
STEPS = 5
A, B, C = 3.4445, -4.775, 2.0315  # of the polynomial, chosen by Jordan for the steepest slope at 0


def orthogonal(matrices: Tensor, dtype: torch.dtype) -> Tensor:
    """About the nearest (semi-)orthogonal matrix to each: singular values from some 0.1 % of the largest on become 0.7
    to 1.2, by Newton-Schulz iterations.

    Shapes: (n, rows, columns) -> the same.

    Args:
        dtype: what is multiplied in; bf16 is exact enough, where it is fast.
    """
    x = matrices.to(dtype)
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.mT
    x = x / torch.linalg.matrix_norm(x, keepdim=True).clamp(min=1e-7)
    for _ in range(STEPS):
        squared = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(squared, squared, squared, beta=B, alpha=C), x, beta=A)
    return x if wide else x.mT


class Muon(torch.optim.Optimizer):
    """Muon (Jordan 2024, kellerjordan.github.io/posts/muon): the momentum of a matrix, made orthogonal, is its update.

    The same as `torch.optim.Muon`, but for the type: that one always multiplies in bf16, with which a CPU without
    instructions for it (AVX2 alone) took twenty-seven times as long as with fp32.

    Args:
        matrices: parameters of two dimensions.
        lr: size of an update's singular values, for a matrix that is no taller than wide.
        dtype: see `orthogonal`.
    """

    def __init__(self, matrices: list[Tensor], lr: float, weight_decay: float, dtype: torch.dtype):
        super().__init__(matrices, {"lr": lr, "weight_decay": weight_decay})
        self.dtype = dtype

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]  # a closure is never given
        for group in self.param_groups:
            # Those of one shape together: a GPU would take longer to launch each than to do it.
            alike: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for matrix in group["params"]:
                if matrix.grad is not None:
                    alike[matrix.shape].append(matrix)
            for (rows, columns), matrices in alike.items():
                for matrix in matrices:
                    if not self.state[matrix]:
                        self.state[matrix]["momentum"] = torch.zeros_like(matrix)
                slopes = [matrix.grad for matrix in matrices if matrix.grad is not None]
                momenta = [self.state[matrix]["momentum"] for matrix in matrices]
                torch._foreach_lerp_(momenta, slopes, 1 - MOMENTUM)
                ahead = torch.stack(torch._foreach_lerp(slopes, momenta, MOMENTUM))
                updates = orthogonal(ahead, self.dtype).to(ahead.dtype).unbind()
                torch._foreach_mul_(matrices, 1 - group["lr"] * group["weight_decay"])
                torch._foreach_add_(matrices, updates, alpha=-group["lr"] * max(1, rows / columns) ** 0.5)
