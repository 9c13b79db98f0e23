"""How many products say something, over the table of stores in conftest."""

from __future__ import annotations

from collections.abc import Callable

from vitrine.store import Store

Put = Callable[..., None]


def test_fields_that_say_something_are_counted(store: Store, put: Put) -> None:
    assert store.n_said(["title"]) == {"title": 0}
    put(store, "p1", title="A coat", link="https://shop.example/1")
    put(store, "p2", title="")
    put(store, "p3", title="A hat", material="felt")
    assert store.n_said(["title", "link", "material", "pattern"]) == {
        "title": 2,
        "link": 1,
        "material": 1,
        "pattern": 0,
    }
    assert store.n_said([]) == {}
