from __future__ import annotations

import pytest
import torch

from vitrine.errors import ConfigurationError, UsageError
from vitrine.train.precision import Precision, choose_precision


def test_a_cpu_needs_no_scale() -> None:
    precision = choose_precision("cpu")
    assert precision.dtype in (torch.bfloat16, torch.float32)
    assert not precision.needs_scaling


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_convolutions_run_in_the_chosen_numbers(dtype: torch.dtype) -> None:
    precision = Precision(torch.device("cpu"), dtype)
    with precision.autocast():
        assert torch.nn.Conv2d(3, 4, 3)(torch.zeros(1, 3, 8, 8)).dtype == dtype


@pytest.mark.parametrize("device", ["tpu", "gpu", "cuda:x", "cpu:0", ""])
def test_unknown_devices(device: str) -> None:
    with pytest.raises(UsageError, match="it must be cpu or cuda"):
        choose_precision(device)


def test_a_gpu_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError, match="cuda:97 is none of them"):
        choose_precision("cuda:97")
