"""The layers' matrices in int8, for a processor that multiplies bytes four times as fast as floats (VNNI).

The columns of a matrix are multiplied by a factor each, and those of its inputs divided by it, so that in neither some dwarf the rest
(SmoothQuant, Xiao et al. 2023, arXiv 2211.10438). Then each row of a matrix has one scale, and each token its own minimum and
scale: value = minimum + byte * scale.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence

import numpy as np
import torch

COLUMNS = 384
"""A wider matrix is multiplied in parts of so many columns, in each of which a token has a minimum and a scale of its own."""
ALPHA = 0.55
"""SmoothQuant's: 0 would make all columns of a matrix alike, 1 those of its inputs."""
SMALLEST = 1e-12
"""The scale of a token whose values are all the same."""

Quantised = list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]
"""Of each COLUMNS columns: uint8 (tokens, columns), and each token's minimum and scale, float32 (tokens, 1)."""


def multiplies_bytes() -> bool:
    """Whether the processor has the instructions, and this torch the operation, which is not of its public interface and so is tried.

    All weights of the trial are the largest there are: where pairs of products are added up in 16 bits, they overflow.
    """
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    if not any(capabilities.get(name) for name in ("avx512_vnni", "avx_vnni")):
        return False
    values = torch.linspace(-1, 1, 64).reshape(2, 32)
    linear = torch.nn.utils.skip_init(torch.nn.Linear, 32, 2)
    with torch.inference_mode():
        torch.nn.init.ones_(linear.weight), torch.nn.init.zeros_(linear.bias)
        try:
            return torch.allclose(Int8Linear(linear, torch.ones(32), Quantiser(torch.ones(32)))(values), linear(values), atol=0.2)
        except Exception:  # whatever another version of torch makes of a call that it does not know
            return False


def quantise(model: torch.nn.Module, inputs: Mapping[str, np.ndarray]) -> None:
    """Puts an Int8Linear in the place of each float32 linear layer that `inputs` has the largest absolute values for, float32 (columns,),
    by its name or that of the module around layers that all get the same values."""
    for name, largest in inputs.items():
        inside = model.get_submodule(name).named_modules(prefix=name)
        layers = {full: layer for full, layer in inside if isinstance(layer, torch.nn.Linear)}
        factors = smoothing(list(layers.values()), torch.from_numpy(largest))
        quantiser = Quantiser(1 / factors)
        for full, layer in layers.items():
            model.set_submodule(full, Int8Linear(layer, factors, quantiser))


def smoothing(layers: Sequence[torch.nn.Linear], largest: torch.Tensor) -> torch.Tensor:
    """What the columns of the layers' matrices are multiplied by, (columns,); `largest` are the largest absolute values of their inputs."""
    heaviest = torch.stack([layer.weight.detach().abs().amax(0) for layer in layers]).amax(0)
    return largest.clamp_min(SMALLEST) ** ALPHA / heaviest.clamp_min(SMALLEST) ** (1 - ALPHA)


class Quantiser:
    """Inputs (…, columns) times `shrink` (columns,) as bytes. Those of the last one are kept as long as it lives, for the layers that get
    the same: nobody may write into it between them."""

    def __init__(self, shrink: torch.Tensor) -> None:
        self._shrink = shrink
        self._last: tuple[weakref.ref[torch.Tensor], Quantised] | None = None

    def quantised(self, values: torch.Tensor) -> Quantised:
        last = self._last  # read once: another thread may put its own there
        if last is None or last[0]() is not values:
            rows = values.detach().flatten(0, -2) * self._shrink
            last = weakref.ref(values, self._forget), [_quantised(part) for part in rows.split(COLUMNS, 1)]
            self._last = last
        return last[1]

    def _forget(self, gone: weakref.ref[torch.Tensor]) -> None:
        if self._last is not None and self._last[0] is gone:
            self._last = None


class Int8Linear(torch.nn.Module):
    """`linear`, float32 (…, columns) to (…, rows), its columns multiplied by `factors`, where `quantiser` divides by them."""

    def __init__(self, linear: torch.nn.Linear, factors: torch.Tensor, quantiser: Quantiser) -> None:
        super().__init__()
        self.bias, self.quantiser = linear.bias.detach(), quantiser
        self.parts = [_packed(part) for part in (linear.weight.detach() * factors).split(COLUMNS, 1)]
        self.zero_points = torch.zeros(len(self.bias), dtype=torch.int32)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        total = self.bias
        for (numbers, minimum, scale), (packed, scales, sums) in zip(self.quantiser.quantised(values), self.parts, strict=True):
            product = torch.ops.onednn.qlinear_pointwise(
                numbers, 1.0, 0, packed, scales, self.zero_points, None, 1.0, 0, torch.float32, "none", [], ""
            )  # fmt: skip
            total = torch.addcmul(total, product, scale, out=product).addr_(minimum[:, 0], sums)
        return total.view(*values.shape[:-1], -1)


def _quantised(part: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Overwrites `part` (tokens, columns). Half a scale is added, since numbers are cut, not rounded, to bytes."""
    minimum = part.amin(1, keepdim=True)
    scale = ((part.amax(1, keepdim=True) - minimum) / 255).clamp_(min=SMALLEST)
    return part.sub_(minimum - scale / 2).mul_(1 / scale).to(torch.uint8), minimum, scale


def _packed(part: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Overwrites `part` (rows, columns): int8 in the processor's order, scales (rows,) and the sums of its rows (rows,), float32."""
    scales = torch.maximum(part.amax(1), -part.amin(1)).clamp_min_(SMALLEST) / 127
    part.div_(scales[:, None]).round_()
    return torch.ops.onednn.qlinear_prepack(part.to(torch.int8), None), scales, part.sum(1) * scales
