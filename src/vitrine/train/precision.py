"""Mixed precision: what a device can do."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

from vitrine.errors import ConfigurationError, UsageError

_DEVICE = re.compile(r"cpu|cuda(:\d+)?")


@dataclass(frozen=True, slots=True)
class Precision:
    """The device of a run and the number format of its convolutions."""

    device: torch.device
    dtype: torch.dtype

    def autocast(self) -> AbstractContextManager[None]:
        """Compute in `dtype` where torch knows it to be safe."""
        if self.dtype is torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, self.dtype)  # pyright: ignore[reportReturnType]

    @property
    def needs_scaling(self) -> bool:
        """Whether gradients would vanish without a loss scale (float16 alone)."""
        return self.dtype is torch.float16


def choose_precision(device: str) -> Precision:
    """bfloat16 where the device computes in it, else float16 on a GPU and float32 on a CPU.

    Args:
        device: `cpu` or `cuda`, with a number (`cuda:1`) where there are several.

    Raises:
        UsageError: another device.
        ConfigurationError: there is no such GPU here.
    """
    if not _DEVICE.fullmatch(device):
        raise UsageError(f"device is {device!r}; it must be cpu or cuda")
    if device == "cpu":
        return Precision(torch.device("cpu"), torch.bfloat16 if _fast_on_cpu() else torch.float32)
    gpu, n_gpus = torch.device(device), torch.cuda.device_count()
    if (gpu.index or 0) >= n_gpus:
        raise ConfigurationError(
            f"torch finds {n_gpus} CUDA GPUs on this machine, and {device} is none of them; "
            "train with --device cpu, or install torch with CUDA"
        )
    fast = torch.cuda.is_bf16_supported(including_emulation=False)
    return Precision(gpu, torch.bfloat16 if fast else torch.float16)


def _fast_on_cpu() -> bool:
    """The question that torch's compiler asks; a CPU without AVX-512 would emulate bfloat16."""
    if not torch.backends.mkldnn.is_available():
        return False
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())  # pyright: ignore[reportPrivateUsage]
