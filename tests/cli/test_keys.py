from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "keyed.shop"))


def test_a_key_is_shown_once(run: Run, run_json: Run, shop: Path) -> None:
    assert "no keys" in run("keys", "list", "--shop", shop).stdout
    made = run("keys", "create", "--shop", shop, "--name", "the web shop")
    token = made.stdout.strip()
    key_id = token.split("_")[2]
    assert token.startswith("vitrine_search_")
    assert f"not shown again (its id is {key_id})" in made.stderr
    listed = run("keys", "list", "--shop", shop).stdout
    assert "the web shop" in listed
    assert token.rsplit("_", 1)[-1] not in listed
    [record] = run_json("keys", "list", "--shop", shop)
    assert (record["key_id"], record["kind"], record["revoked_at"]) == (key_id, "search", None)
    assert set(record) == {"key_id", "kind", "name", "created_at", "revoked_at"}


def test_a_key_is_revoked(run: Run, run_json: Run, run_error: Run, shop: Path) -> None:
    made = run_json("keys", "create", "--shop", shop, "--kind", "admin")
    assert made["key"].startswith(f"vitrine_admin_{made['key_id']}_")
    assert "is revoked" in run("keys", "revoke", made["key_id"], "--shop", shop).stdout
    [record] = run_json("keys", "list", "--shop", shop)
    assert record["revoked_at"]
    assert run_json("keys", "revoke", made["key_id"], "--shop", shop) == record
    assert "there is no key 'nope'" in run_error("keys", "revoke", "nope", "--shop", shop, code=4)
    run("keys", "create", "--shop", shop, "--kind", "owner", code=2)
    assert "there is no shop" in run_error("keys", "list", "--shop", "none.shop", code=4)
