"""Every loss on numbers that can be worked out by hand."""

from __future__ import annotations

from math import exp, log

import pytest
import torch
from torch import Tensor

from vitrine.train.losses import (
    image_text,
    imitate,
    imitate_order,
    prefixes,
    supervised_contrast,
    tag_loss,
    view_contrast,
)


def axes(*numbers: int) -> Tensor:
    """Rows of 256 that point along the first axes, so that every prefix sees the same."""
    return torch.eye(256)[list(numbers)] * 3


def value(loss: Tensor) -> float:
    assert loss.shape == ()
    return float(loss.detach())


def approx(number: float) -> object:
    return pytest.approx(number, abs=1e-5)


def test_tags_are_smoothed() -> None:
    logits = torch.tensor([[log(3.0), 0.0]])
    wanted = -0.95 * log(0.75) - 0.05 * log(0.25)
    assert value(tag_loss(logits, torch.tensor([0]), least=1)) == approx(wanted)
    assert value(tag_loss(logits, torch.tensor([0]), smoothing=0, least=1)) == approx(-log(0.75))


def test_missing_labels_are_masked_and_few_labels_count_little() -> None:
    logits = torch.zeros(3, 2, requires_grad=True)
    loss = tag_loss(logits, torch.tensor([1, -1, -1]))
    assert value(loss) == approx(log(2) / 16)
    loss.backward()
    assert logits.grad is not None
    assert logits.grad[1:].abs().max() == 0
    assert value(tag_loss(logits, torch.tensor([0, 1, -1]), least=1)) == approx(log(2))
    none = tag_loss(logits, torch.full((3,), -1))
    assert value(none) == 0
    none.backward()


def test_prefixes_are_unit_vectors() -> None:
    vectors = torch.randn(5, 256)
    found = prefixes(vectors)
    assert [unit.shape[1] for unit in found] == [64, 128, 256]
    for unit in found:
        assert torch.allclose(unit.norm(dim=1), torch.ones(5))
        assert torch.allclose(
            unit, vectors[:, : unit.shape[1]] / vectors[:, : unit.shape[1]].norm(dim=1)[:, None]
        )


def test_the_same_kind_is_pulled_together() -> None:
    kinds = torch.tensor([0, 0, 1, -1])
    # of two others one is at cosine 1 and of the same kind, one at 0; the last has no kind
    assert value(supervised_contrast(axes(0, 0, 1, 0), kinds, heat=1)) == approx(
        log(exp(1) + 1) - 1
    )
    assert value(supervised_contrast(axes(0, 1, 0, 0), kinds, heat=1)) == approx(
        (log(exp(1) + 1) + log(2)) / 2
    )
    assert value(supervised_contrast(axes(0, 1), torch.tensor([0, 1]))) == 0


def test_two_views_find_each_other() -> None:
    first, second = torch.tensor([0, 1]), torch.tensor([2, 3])
    assert value(view_contrast(axes(0, 1, 0, 1), first, second, heat=1)) == approx(
        log(exp(1) + 2) - 1
    )
    assert value(view_contrast(axes(0, 1, 2, 3), first, second, heat=1)) == approx(log(3))
    assert value(view_contrast(axes(0, 1), first[:0], second[:0])) == 0


def test_words_and_photos() -> None:
    scale, bias = torch.tensor(log(10.0)), torch.tensor(-7.0)
    yes, no = torch.tensor([[True]]), torch.tensor([[False]])
    # near 1: the sigmoid's logit is 10 - 7; there is nothing else to confuse it with
    assert value(image_text(axes(0), axes(0), yes, scale, bias)) == approx(log(1 + exp(-3)) / 2)
    assert value(image_text(axes(0), axes(1), no, scale, bias)) == approx(log(1 + exp(-7)) / 2)
    two = image_text(axes(0), axes(0, 1), torch.tensor([[True, False]]), scale, bias)
    sigmoid = log(1 + exp(-3)) + log(1 + exp(-7))
    assert value(two) == approx((sigmoid + log(1 + exp(-16))) / 2)


def test_imitation_is_a_cosine() -> None:
    assert value(imitate(axes(0), axes(0) * 7)) == approx(0)
    assert value(imitate(axes(0), axes(1))) == approx(1)
    assert value(imitate(axes(0), -axes(0))) == approx(2)


def test_imitating_an_order() -> None:
    teacher = axes(0, 0, 1)
    assert value(imitate_order(teacher.clone(), teacher, heat=1)) == approx(0)
    p = exp(1) / (exp(1) + 1)
    rows = (
        p * log(p / (1 - p)) + (1 - p) * log((1 - p) / p),
        p * log(2 * p) + (1 - p) * log(2 * (1 - p)),
        -log(2) - (log(p) + log(1 - p)) / 2,
    )
    assert value(imitate_order(axes(0, 1, 0), teacher, heat=1)) == approx(sum(rows) / 3)
