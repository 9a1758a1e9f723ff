"""The layers' matrices in eight bits, for a processor that multiplies bytes four times as fast as floats (VNNI).

A matrix's columns are multiplied by a factor each, and the values that meet them divided by it, so that neither has columns that dwarf the
rest (SmoothQuant, Xiao et al. 2023, arXiv 2211.10438). Then each row of a matrix has one scale, and each token its own lowest
value and step: value = lowest + byte * step.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

COLUMNS = 384
"""A wider matrix is multiplied in parts of so many columns, in each of which a token has a step of its own."""
SHARE = 0.55
"""The exponent of SmoothQuant: 0 would leave a matrix as it is, 1 make all columns of its inputs alike."""
SMALLEST = 1e-12
"""A step, where all values are one."""


def multiplies_bytes() -> bool:
    """Whether the processor has the instructions, and this torch the operation, which is not of its public interface and so is tried."""
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    if not any(capabilities.get(name) for name in ("avx512_vnni", "avx_vnni")):
        return False
    values = torch.linspace(-1, 1, 64).reshape(2, 32)
    linear = torch.nn.Linear(32, 2)
    with torch.inference_mode():
        torch.nn.init.ones_(linear.weight), torch.nn.init.zeros_(linear.bias)
        try:
            return torch.allclose(Int8Linear(linear, torch.ones(32))(values), linear(values), atol=0.2)
        except Exception:  # whatever another version of torch makes of a call that it does not know
            return False


def in_bytes(model: torch.nn.Module, inputs: Mapping[str, np.ndarray]) -> None:
    """Puts an Int8Linear in the place of each float32 linear layer that `inputs` has the largest absolute values for, by its name or the
    name of the module around it, float32 (columns,)."""
    for name, module in list(model.named_modules()):
        around, _, own = name.rpartition(".")
        largest = inputs.get(name, inputs.get(around))
        if isinstance(module, torch.nn.Linear) and largest is not None:
            setattr(model.get_submodule(around), own, Int8Linear(module, torch.from_numpy(largest)))


class Int8Linear(torch.nn.Module):
    """`linear`, float32 (…, columns) to (…, rows), whose inputs' absolute values are at most about `largest` (columns,)."""

    def __init__(self, linear: torch.nn.Linear, largest: torch.Tensor) -> None:
        super().__init__()
        weight, self.bias = linear.weight.detach(), linear.bias.detach()
        factors = largest.clamp_min(SMALLEST) ** SHARE / weight.abs().amax(0).clamp_min(SMALLEST) ** (1 - SHARE)
        self.shrink = 1 / factors
        self.parts = [_packed(part) for part in (weight * factors).split(COLUMNS, 1)]
        self.zero = torch.zeros(len(weight), dtype=torch.int32)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        rows = values.flatten(0, -2) * self.shrink
        total = self.bias
        for part, (packed, scales, sums) in zip(rows.split(COLUMNS, 1), self.parts, strict=True):
            lowest = part.amin(1, keepdim=True)
            step = ((part.amax(1, keepdim=True) - lowest) / 255).clamp_(min=SMALLEST)
            steps = part.sub_(lowest - step / 2).mul_(1 / step).to(torch.uint8)
            product = torch.ops.onednn.qlinear_pointwise(steps, 1.0, 0, packed, scales, self.zero, None, 1.0, 0, torch.float32, "none", [], "")
            total = torch.addcmul(total, product, step, out=product).addr_(lowest[:, 0], sums)
        return total.view(*values.shape[:-1], -1)


def _packed(part: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """int8 (rows, columns) in the processor's order, scales (rows,) and the sums of its rows (rows,), float32."""
    scales = part.abs().amax(1).clamp_min(SMALLEST) / 127
    values = torch.round(part / scales[:, None]).to(torch.int8)
    return torch.ops.onednn.qlinear_prepack(values, None), scales, values.sum(1) * scales
