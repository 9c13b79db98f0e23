from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.catalog import read_catalogue
from vitrine.errors import UsageError
from vitrine.evaluate import PARTS, examples_from, part_of, read_near_duplicates
from vitrine.evaluate.splits import parts_selected


@given(st.text(max_size=20))
def test_the_part_is_a_matter_of_the_hash_alone(group: str) -> None:
    last_digits = int(hashlib.sha1(group.encode()).hexdigest(), 16) % 100
    expected = "validation" if last_digits <= 13 else "held-out" if last_digits <= 19 else "train"
    assert part_of(group) == expected


def test_parts_never_change_with_a_release() -> None:
    groups = ("fashion-products/0", "fashion-products/3", "fashion-products/21", "phone/204")
    assert [part_of(group) for group in groups] == ["train", "validation", "held-out", "train"]


def test_shares_are_what_they_should_be() -> None:
    counts = Counter(part_of(f"set/{n}") for n in range(20_000))
    shares = [counts[part] / 20_000 for part in PARTS]
    assert shares == pytest.approx([0.80, 0.14, 0.06], abs=0.01)


def test_selections() -> None:
    assert parts_selected("unseen") == ("validation", "held-out")
    with pytest.raises(UsageError, match=r"no part is called 'valid'.*Did you mean 'validation'"):
        parts_selected("valid")


def test_a_chain_of_lookalikes_stays_in_training(tmp_path: Path) -> None:
    rows = [f"{n},chain" for n in range(150)] + [f"{n},{n}" for n in range(150, 400)]
    (tmp_path / "near_duplicate_groups.csv").write_text("\n".join(["id,group", *rows]))
    found = read_near_duplicates(tmp_path / "styles.csv")
    assert found is not None
    assert found.chain == "chain"
    assert {found.part_of("kaggle-fashion", str(n)) for n in range(150)} == {"train"}
    assert found.group_of("unknown") == "single-unknown"
    expected = [part_of(f"fashion-products/{n}") for n in range(150, 400)]
    assert [found.part_of("kaggle-fashion", str(n)) for n in range(150, 400)] == expected


def test_no_file_of_groups_is_no_groups(tmp_path: Path) -> None:
    assert read_near_duplicates(tmp_path) is None


@pytest.mark.real_data
def test_no_group_of_the_real_set_is_in_two_parts(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "fashion-products")
    parts = {part: examples_from(catalogue, part=part) for part in PARTS}
    assert [len(parts[part]) for part in PARTS] == [9379, 1538, 707]
    groups = [set(parts[part].groups.tolist()) for part in PARTS]
    assert not groups[0] & groups[1]
    assert not groups[1] & groups[2]
    assert not groups[0] & groups[2]


@pytest.mark.real_data
def test_no_sender_is_in_two_parts(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "phone-photos-cc0")
    train = examples_from(catalogue, part="train")
    unseen = examples_from(catalogue, part="unseen")
    assert not set(train.senders.tolist()) & set(unseen.senders.tolist())
    assert len(train) + len(unseen) == 4317
