"""Whatever breaks at whatever point: after doing it again, the shop answers like a fresh build."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from vitrine.settings import Settings
from vitrine.shop import Shop, create_shop, open_shop
from vitrine.store import open_sqlite
from vitrine.types import Product

MakeProduct = Callable[..., Product]
MakePhoto = Callable[[int], Path]
Model = dict[str, Product]

UPSERT = st.tuples(
    st.just("upsert"),
    st.dictionaries(st.integers(0, 4), st.lists(st.integers(0, 6), max_size=2), min_size=1),
)
PATCH = st.tuples(st.just("patch"), st.integers(0, 4))
DELETE = st.tuples(st.just("delete"), st.sets(st.integers(0, 4), min_size=1, max_size=3))
REINDEX = st.tuples(st.just("reindex"), st.booleans())
STEPS = st.lists(
    st.tuples(
        st.one_of(UPSERT, UPSERT, PATCH, DELETE, REINDEX), st.one_of(st.none(), st.integers(1, 40))
    ),
    min_size=1,
    max_size=6,
)


class Crash(Exception):
    """The fault that is injected."""


@contextmanager
def crash_at_statement(number: int | None) -> Generator[None]:
    """Break the connection's nth statement from here, if there are so many."""
    count = itertools.count(1)

    def strike(*_arguments: object) -> None:
        if next(count) == number:
            raise Crash

    event.listen(Engine, "before_cursor_execute", strike)
    try:
        yield
    except Crash:
        pass
    finally:
        event.remove(Engine, "before_cursor_execute", strike)


def contents(shop: Shop) -> object:
    """Products, photo hashes and tags, as the store holds them."""
    store = open_sqlite(Path(shop.location))
    rows = store.rows()
    tags = dict(zip(rows.product_ids, rows.tags, strict=True))
    listed = [(product, refs, tags[product.product_id]) for product, refs in store.iterate()]
    store.close()
    return listed


def vectors(shop: Shop) -> np.ndarray:
    store = open_sqlite(Path(shop.location))
    rows = store.rows()
    store.close()
    name_of = dict(zip(rows.product_rows.tolist(), rows.product_ids, strict=True))
    order = sorted(
        range(len(rows.vectors)),
        key=lambda n: (name_of[int(rows.photo_products[n])], int(rows.photo_positions[n])),
    )
    return rows.vectors[order]


def answers(shop: Shop, photo: Path) -> list[tuple[str, float]]:
    return [(hit.product_id, hit.score) for hit in shop.search(image=photo, k=10)]


def assert_same(shop: Shop, fresh: Shop, photo: Path) -> None:
    assert contents(shop) == contents(fresh)
    assert np.allclose(vectors(shop), vectors(fresh), atol=1e-3)
    ours, theirs = answers(shop, photo), answers(fresh, photo)
    assert [score for _, score in ours] == pytest.approx([s for _, s in theirs], abs=1e-3)
    assert {p for p, _ in ours} == {p for p, _ in theirs}
    assert shop.verify() == []


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_sequence_with_faults_ends_like_a_fresh_build(
    steps: list[tuple[tuple[str, object], int | None]],
    tmp_path_factory: pytest.TempPathFactory,
    product: MakeProduct,
    photo: MakePhoto,
    second_encoder: Path,
) -> None:
    folder = tmp_path_factory.mktemp("faults")
    settings = Settings(encoder="colour", models_dir=folder / "models", threads=1)
    encoder: str | Path = "colour"
    model: Model = {}
    shop = create_shop(folder / "a.shop", settings=settings)
    for (kind, what), fault in steps:
        do: Callable[[], object] | None = None
        match kind, what:
            case "upsert", dict(photos_of):
                chosen = [replace(product(n), photos=tuple(str(photo(s)) for s in seeds))
                          for n, seeds in photos_of.items()]  # fmt: skip
                model |= {p.product_id: p for p in chosen}
                do = lambda chosen=chosen: shop.add(chosen)  # noqa: E731
            case "patch", int(n) if f"p{n:03}" in model:
                name = f"p{n:03}"
                model[name] = replace(model[name], title="patched", season="Winter")
                do = lambda name=name: shop.patch(name, title="patched", season="Winter")  # noqa: E731
            case "delete", set(numbers):
                names = [f"p{n:03}" for n in numbers]
                model = {i: p for i, p in model.items() if i not in names}
                do = lambda names=names: shop.delete(names)  # noqa: E731
            case "reindex", bool(back):
                encoder = "colour" if back else second_encoder
                do = lambda encoder=encoder: shop.reindex(encoder)  # noqa: E731
            case _:
                continue
        with crash_at_statement(fault):
            do()
        do()
    with create_shop(folder / "fresh.shop", encoder=encoder, settings=settings) as fresh:
        fresh.add(list(model.values()))
        assert_same(shop, fresh, photo(3))
    shop.close()


IMPORTER = """
import sys
from pathlib import Path
from vitrine.catalog import read_catalogue
from vitrine.settings import Settings
from vitrine.shop import open_shop
source, shop = sys.argv[1:]
print("ready", flush=True)
open_shop(shop, settings=Settings(threads=1)).add(read_catalogue(source))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
def test_twenty_kills_of_an_importing_process_lose_nothing(
    tmp_path: Path, photo: MakePhoto
) -> None:
    for seed in range(600):
        photo(seed)
    settings = Settings(encoder="colour", models_dir=tmp_path / "models")
    path = tmp_path / "killed.shop"
    create_shop(path, settings=settings).close()
    rng = random.Random(0)
    command = [sys.executable, "-c", IMPORTER, str(tmp_path / "photos"), str(path)]
    n_killed, n_seen = 0, 0
    while n_killed < 20:
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0.05, 0.6))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            n_killed += 1
        process.wait()
        process.stdout.close()
        with open_shop(path, settings=settings) as shop:
            assert shop.verify() == []
            assert len(shop) >= n_seen  # what was committed stays
            n_seen = len(shop)
            if n_seen == 600:
                shop.delete([f"{n}" for n in range(0, 600, 2)])
                n_seen = len(shop)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with (
        open_shop(path, settings=settings) as shop,
        create_shop(tmp_path / "fresh.shop", settings=settings) as fresh,
    ):
        from vitrine.catalog import read_catalogue

        fresh.add(read_catalogue(tmp_path / "photos"))
        assert len(fresh) == 600
        assert_same(shop, fresh, photo(17))
