"""`vitrine collect` against a local shop, and the shop that is made of what it gives."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.collect.fake_shop import FakeShop, listing, page

Run = Callable[..., Any]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeShop]:
    monkeypatch.setenv("VITRINE_FETCH_ALLOW_PRIVATE", "true")
    with FakeShop() as shop:
        yield shop


@pytest.fixture
def coats(shop: FakeShop) -> str:
    for number in range(4):
        shop.product(number)
    return shop.put("/coats", listing(f"/products/coat-{number}" for number in range(4)))


def test_what_is_collected_can_be_indexed_and_searched(
    shop: FakeShop, coats: str, tmp_path: Path, run: Run, run_json: Run
) -> None:
    out, built = tmp_path / "coats", tmp_path / "my.shop"
    report = run_json("collect", coats, "--out", out, "--limit", 3, "--delay", 0)
    assert (report["products"], report["photos"], report["failed"]) == (3, 3, 0)
    indexed = run_json("index", out, "--shop", built, "--encoder", "colour")
    assert (indexed["products"], indexed["embedded"], indexed["failed"]) == (3, 3, 0)
    photo = next((out / "photos").iterdir())
    hits = run_json("search", "--shop", built, "--image", photo, "-k", 1)["hits"]
    assert hits[0]["score"] == pytest.approx(1, abs=1e-3)
    assert hits[0]["product"]["price"]["currency"] == "EUR"
    shop.requests.clear()
    again = run_json("collect", coats, "--out", out, "--limit", 3, "--delay", 0)
    assert (again["downloaded_bytes"], again["photos_known"], shop.bodies()) == (0, 3, [])
    unchanged = run_json("index", out, "--shop", built)
    assert (unchanged["unchanged"], unchanged["embedded"]) == (3, 0)


def test_the_summary_says_what_happened(coats: str, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "coats"
    shown = run("collect", coats, "--out", out, "--delay", 0).stdout
    assert f"{out}: 4 products with 4 photos" in shown
    assert "pages of products: 4 new; 4 new photos, 0 known, 0 copies" in shown
    assert f"index it: vitrine index {out} --shop my.shop" in shown
    assert run("collect", coats, "--out", out, "--delay", 0, "--quiet").output == ""


def test_a_dry_run_lists_and_writes_nothing(
    shop: FakeShop, coats: str, tmp_path: Path, run: Run, run_json: Run
) -> None:
    shop.put("/robots.txt", "User-agent: *\nDisallow: /products/coat-2")
    asked = ("collect", coats, "--out", tmp_path / "x", "--delay", 0, "--dry-run")
    lines = run(*asked).stdout.splitlines()
    assert lines[2:] == [
        shop.url("/products/coat-2") + " (robots.txt disallows it)",
        shop.url("/products/coat-3"),
        "3 pages would be fetched; nothing was written (dry run)",
    ]
    pages = run_json(*asked)["pages"]
    assert pages[0] == {"url": shop.url("/products/coat-0"), "allowed": True, "known": False}
    assert not (tmp_path / "x").exists()


def test_what_was_left_out_is_listed_and_the_exit_code_is_1(
    shop: FakeShop, coats: str, tmp_path: Path, run: Run
) -> None:
    shop.put("/products/coat-2", "broken", status=500)
    result = run("collect", coats, "--out", tmp_path / "x", "--delay", 0, code=1)
    assert f"left out: {shop.url('/products/coat-2')}: the server answers 500" in result.stderr
    assert "3 products with 3 photos" in result.stdout


def test_robots_rules_are_no_failure(shop: FakeShop, coats: str, tmp_path: Path, run: Run) -> None:
    shop.put("/robots.txt", "User-agent: *\nDisallow: /products/coat-2\nCrawl-delay: 0.01")
    result = run("collect", coats, "--out", tmp_path / "x", "--delay", 0)
    assert "coat-2: robots.txt disallows it" in result.stderr
    assert "note: robots.txt asks for 0.01 s between requests" in result.stderr


def test_the_contact_is_told(shop: FakeShop, coats: str, tmp_path: Path, run: Run) -> None:
    contact = ("--contact", "me@shop.example")
    run("collect", coats, "--out", tmp_path / "x", "--delay", 0, "--limit", 1, *contact)
    assert shop.requests[0].headers["user-agent"].endswith("(+me@shop.example)")


@pytest.mark.parametrize(
    ("source", "options", "code", "message"),
    [
        ("shop.example", (), 2, "neither an address nor a hashtag"),
        ("https://a.example", ("--contact", "a b"), 2, "contact is 'a b'"),
        ("#coats", (), 3, "needs VITRINE_INSTAGRAM_TOKEN and VITRINE_INSTAGRAM_USER_ID"),
        ("{shop}/nothing", (), 4, "answers 404"),
        ("{shop}/empty", (), 4, "no product was found"),
        ("http://169.254.169.254/", (), 4, "refused for safety"),
    ],
)
def test_errors_are_one_line(
    shop: FakeShop,
    tmp_path: Path,
    run: Run,
    source: str,
    options: tuple[str, ...],
    code: int,
    message: str,
) -> None:
    shop.put("/empty", page())
    source = source.replace("{shop}", shop.url("").rstrip("/"))
    result = run("collect", source, "--out", tmp_path / "x", "--delay", 0, *options, code=code)
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way on Windows")
def test_ctrl_c_keeps_what_was_collected(shop: FakeShop, tmp_path: Path, run_json: Run) -> None:
    for number in range(40):
        shop.product(number)
    source = shop.put("/all", listing(f"/products/coat-{number}" for number in range(40)))
    out = tmp_path / "x"
    hear = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{hear}; import vitrine.cli; vitrine.cli.main()"]
    command += ["collect", source, "--out", str(out), "--delay", "0.05"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while len(shop.asked("/media")) < 3:
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    shown, said = running.communicate(timeout=30)
    assert (running.returncode, shown) == (130, "")
    assert said == (
        "interrupted: what was collected is kept; run the same command again to go on\n"
    )
    n_kept = len((out / "products.jsonl").read_text(encoding="utf-8").splitlines())
    assert 2 <= n_kept < 40
    report = run_json("collect", source, "--out", out, "--delay", 0)
    assert (report["resumed"], report["products"]) == (True, 40)
    assert report["pages"]["resumed"] == n_kept
