"""Whole catalogues over HTTP: what comes in, how it goes on, what is left out."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.serve.importing import (
    HEADER,
    Site,
    archive_of,
    ended,
    events_of,
    gated_site,
    photo_archive,
    send,
    table_of,
)
from tests.serve.serving import Serve, Served, code_of, draw, served, until
from tests.serve.test_running import started

from vitrine.serve.keys import create_key
from vitrine.settings import Settings
from vitrine.shop import open_shop
from vitrine.store import open_sqlite

SECRET = "/etc/passwd"


@pytest.fixture(scope="module")
def own(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose shop these tests fill."""
    folder = tmp_path_factory.mktemp("imports")
    shop = Path(shutil.copy(built, folder / "own.shop"))
    with served(shop, folder / "models") as running:
        yield running


@pytest.fixture
def site() -> Iterator[Site]:
    with gated_site() as running:
        yield running


def test_an_archive_is_imported_and_searched(own: Served) -> None:
    more = f"bad,No price,Red,women,ask us,{SECRET}\n,No id,,,,\n"
    archive = photo_archive(5, "a", more.encode())
    answer = send(own, "C:\\shop\\spring 2026.zip", archive)
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/v1/imports/{job['id']}"
    assert job["source"] == "spring 2026.zip"
    job = ended(own, job)
    assert (job["state"], job["done"], job["total"], job["note"]) == ("done", 5, 5, "")
    assert job["result"]["added"] == 6
    assert job["result"]["embedded"] == 5
    assert job["errors"] == 3
    found = own("GET", "/v1/products/a003").json()
    assert found["photos"] == ["/v1/products/a003/photos/0"]
    assert own("GET", found["photos"][0]).headers["content-type"] == "image/webp"
    answer = own("POST", "/v1/search", files={"photo": draw(3, 60)}, data={"query": '{"k": 100}'})
    assert "a003" in [hit["product_id"] for hit in answer.json()["hits"][:3]]
    kept = list(own.shop.with_name("own.shop.photos").glob("??/*.png"))
    assert len(kept) == 5
    assert list(own.shop.with_name("own.shop.imports").iterdir()) == []
    with open_shop(own.shop, settings=Settings(models_dir=own.shop.parent / "models")) as shop:
        assert shop.verify() == []


def test_an_archive_again_changes_nothing_and_pruning_leaves_only_it(
    serve: Serve, shop: Path
) -> None:
    with serve() as own:
        first = ended(own, send(own, "a.zip", photo_archive(4)).json())
        again = ended(own, send(own, "a.zip", photo_archive(4)).json())
        assert (first["result"]["added"], again["result"]["unchanged"]) == (4, 4)
        assert again["result"]["embedded"] == 0
        pruned = ended(own, send(own, "a.zip", photo_archive(2), prune=True).json())
        assert pruned["result"]["deleted"] == 2 + 9
        assert len(list(shop.with_name(f"{shop.name}.photos").glob("??/*"))) == 2


def test_what_was_left_out_has_line_column_and_reason_and_no_path(own: Served) -> None:
    outside = [SECRET, f"file://{SECRET}", "../../secret.jpg", "C:\\secret.jpg", "..\\secret.jpg"]
    table = table_of(*((f"o{n}", name) for n, name in enumerate(outside)), ("ok", "ok.png"))
    table += b"broken,No photo,,,1 EUR,broken.png\nmissing,,,,1 EUR,missing.png\n"
    files = {"products.csv": table, "ok.png": draw(2), "broken.png": b"no photo"}
    job = ended(own, send(own, "bad rows.zip", archive_of(files)).json())
    assert job["state"] == "done"
    assert job["result"]["products"] == 8
    listed = own("GET", f"/v1/imports/{job['id']}/errors").json()
    assert listed["total"] == job["errors"] == 7
    assert [each["line"] for each in listed["errors"]] == [2, 3, 4, 5, 6, 9, None]
    assert [each["column"] for each in listed["errors"]] == ["image_link"] * 6 + ["photo"]
    reasons = [each["reason"] for each in listed["errors"]]
    assert reasons[0].startswith(f"'{SECRET}' leads out of what was sent: name photos inside it")
    assert reasons[1].startswith("neither a file nor an http(s) address")
    assert reasons[5] == "no such file in what was sent: missing.png"
    assert str(own.shop.parent) not in str(listed)
    assert own("GET", "/v1/products/o0").json().get("photos") is None
    page = own("GET", f"/v1/imports/{job['id']}/errors?k=4").json()
    rest = own("GET", f"/v1/imports/{job['id']}/errors?k=4&cursor={page['next_cursor']}").json()
    assert page["errors"] + rest["errors"] == listed["errors"]
    assert rest["next_cursor"] is None
    answer = own("GET", f"/v1/imports/{job['id']}/errors?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["reason"] for row in rows] == reasons
    assert [row["line"] for row in rows][-2:] == ["9", ""]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.csv", table_of(("t1", ""))),
        ("no-suffix", table_of(("t1", ""))),
        ("t.tsv", table_of(("t1", "")).replace(b",", b"\t")),
        ("t.jsonl", b'{"id": "t1", "title": "Coat t1"}\n'),
        (
            "feed.xml",
            b'<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>t1</g:id>'
            b"<title>Coat t1</title></item></channel></rss>",
        ),
    ],
)
def test_tables_of_many_formats(own: Served, name: str, data: bytes) -> None:
    job = ended(own, send(own, name, data).json())
    assert (job["state"], job["result"]["products"], job["source"]) == ("done", 1, name)
    assert own("GET", "/v1/products/t1").json()["title"] == "Coat t1"


def test_columns_may_be_named(own: Served) -> None:
    table = b"Xid,Xname\nc1,Cape\n"
    code = send(own, "t.csv", table)
    assert code_of(code) == "catalogue_invalid"
    columns = {"product_id": "Xid", "title": "Xname"}
    job = ended(own, send(own, "t.csv", table, format="csv", columns=columns).json())
    assert job["state"] == "done"
    assert own("GET", "/v1/products/c1").json()["title"] == "Cape"


def test_a_job_that_cannot_be_done_says_why(own: Served) -> None:
    job = ended(own, send(own, "mine.csv", b"colour,brand\nred,x\n", format="csv").json())
    assert (job["state"], job["result"]) == ("failed", None)
    assert job["problem"]["code"] == "catalogue_invalid"
    assert job["note"] == job["problem"]["detail"]
    assert "no column of mine.csv names the products" in job["note"]
    assert str(own.shop.parent) not in str(job)


def test_progress_is_followed_in_order_to_the_end(own: Served) -> None:
    job = send(own, "many.zip", photo_archive(130, "e")).json()
    path = f"/v1/imports/{job['id']}/events"
    with own.client.stream("GET", path, headers={"Last-Event-ID": "7"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        seen = list(events_of(answer.iter_lines()))
    assert [name for name, _ in seen[:-1]] == ["progress"] * (len(seen) - 1)
    assert len(seen) >= 2
    name, last = seen[-1]
    assert (name, last["state"], last["done"], last["total"]) == ("done", "done", 130, 130)
    done = [state["done"] for _, state in seen]
    assert done == sorted(done)
    with own.client.stream("GET", path) as answer:
        assert list(events_of(answer.iter_lines())) == [("done", last)]


def test_imports_are_listed_newest_first(own: Served) -> None:
    jobs = [send(own, f"{n}.csv", table_of(("l1", ""))).json() for n in range(3)]
    for job in jobs:
        ended(own, job)
    page = own("GET", "/v1/imports?k=2").json()
    rest = own("GET", f"/v1/imports?k=1&cursor={page['next_cursor']}").json()
    listed = page["imports"] + rest["imports"]
    assert [job["id"] for job in listed] == [job["id"] for job in reversed(jobs)]


def gated_table(site: Site, n_before: int, n_gated: int) -> bytes:
    """An archive whose first products are quick, and whose last wait for the gate."""
    names = [f"g{n:03}" for n in range(n_before)]
    for n in range(n_gated):
        site.pages[f"/gated/{n}.png"] = draw(n, 140)
    rows = [(name, f"{name}.png") for name in names]
    rows += [(f"h{n:03}", f"{site.url}/gated/{n}.png") for n in range(n_gated)]
    photos = {f"{name}.png": draw(n % 20, 100 + n // 20) for n, name in enumerate(names)}
    return archive_of({"products.csv": table_of(*rows), **photos})


def state_of(server: Served, job: Any) -> Any:
    return server("GET", f"/v1/imports/{job['id']}").json()


def test_a_cancelled_import_keeps_what_is_in_and_searches_go_on(serve: Serve, site: Site) -> None:
    with serve(fetch_allow_private=True) as own:
        before = len(own.service.shop)
        job = send(own, "a.zip", gated_table(site, 64, 9)).json()
        waiting = send(own, "b.csv", table_of(("never", ""))).json()
        until(lambda: state_of(own, job)["done"] == 64 and site.n_asked > 0, 30)
        assert own.search(text="coat", k=3).json()["hits"][0]["product_id"].startswith("g")
        assert own.search(like=["g001"]).status_code == 200
        assert state_of(own, waiting)["state"] == "queued"
        assert own("DELETE", f"/v1/imports/{waiting['id']}").json()["state"] == "cancelled"
        answer = own("DELETE", f"/v1/imports/{job['id']}")
        assert (answer.status_code, answer.json()["cancelling"]) == (202, True)
        site.gate.set()
        job = ended(own, job)
        assert (job["state"], job["cancelling"]) == ("cancelled", False)
        assert job["result"]["products"] == job["result"]["added"] == 64
        assert len(own.service.shop) == before + 64
        assert own.service.shop.verify() == []
        assert code_of(own("DELETE", f"/v1/imports/{job['id']}")) == "import_ended"
        assert code_of(own("GET", "/v1/products/never")) == "product_not_found"
        assert list(own.shop.with_name(f"{own.shop.name}.imports").iterdir()) == []


def test_a_server_that_stops_puts_its_import_back_and_the_next_goes_on(
    serve: Serve, site: Site
) -> None:
    with serve(fetch_allow_private=True) as own:
        job = send(own, "a.zip", gated_table(site, 64, 3)).json()
        until(lambda: state_of(own, job)["done"] == 64 and site.n_asked > 0, 30)
        with own.client.stream("GET", f"/v1/imports/{job['id']}/events") as answer:
            events = events_of(answer.iter_lines())
            assert next(events)[0] == "progress"
            own.service.stop()
            site.gate.set()
            assert list(events) == []
    with closing(open_sqlite(own.shop)) as store:
        kept = store.job(job["id"])
        assert kept is not None
        assert kept.state == "queued"
        assert {"g000", "g063"} <= store.product_ids()
    with serve(fetch_allow_private=True) as own:
        job = ended(own, job)
        assert (job["state"], job["done"], job["errors"]) == ("done", 67, 0)
        assert (job["result"]["unchanged"], job["result"]["added"]) == (64, 3)
        assert job["result"]["embedded"] == 3


@pytest.mark.slow
def test_an_import_of_a_killed_server_is_taken_up_by_the_next(
    serve: Serve, shop: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_FETCH_ALLOW_PRIVATE", "true")
    monkeypatch.setenv("VITRINE_MODELS_DIR", str(tmp_path / "models"))
    with (
        started(shop) as (process, url),
        httpx.Client(base_url=url, trust_env=False, timeout=30) as client,
    ):
        files = {"file": ("a.zip", gated_table(site, 64, 3))}
        job = client.post("/v1/imports", files=files).json()
        path = f"/v1/imports/{job['id']}"
        until(lambda: client.get(path).json()["done"] == 64 and site.n_asked > 0, 30)
        process.kill()
        process.communicate()
    with closing(sqlite3.connect(shop)) as connection:
        states = connection.execute("SELECT state, leased_until > 0 FROM jobs").fetchall()
        assert states == [("running", 1)]
        connection.execute("UPDATE jobs SET leased_until = 1")  # twenty seconds go by
        connection.commit()
    site.gate.set()
    with serve(fetch_allow_private=True) as own:
        job = ended(own, job)
        assert (job["state"], job["done"], job["errors"]) == ("done", 67, 0)
        assert (job["result"]["unchanged"], job["result"]["embedded"]) == (64, 3)
        assert own.service.shop.verify() == []


def test_an_import_waits_while_another_process_imports(own: Served) -> None:
    with closing(open_sqlite(own.shop)) as store, store.importing():
        job = send(own, "w.csv", table_of(("w1", ""))).json()
        until(lambda: "waiting until another import" in state_of(own, job)["note"], 30)
        assert state_of(own, job)["state"] == "running"
    assert ended(own, job)["state"] == "done"


def test_a_feed_is_fetched_from_its_address(serve: Serve, site: Site) -> None:
    site.pages["/feed"] = table_of(("f1", f"{site.url}/f1.png"), ("f2", SECRET))
    site.pages["/f1.png"] = draw(1)
    with serve(fetch_allow_private=True) as own:
        url = f"{site.url}/feed?token=secret"
        site.pages["/feed?token=secret"] = site.pages["/feed"]
        job = own("POST", "/v1/imports", json={"url": url, "format": "csv"}).json()
        assert job["source"] == f"{site.url}/feed"
        job = ended(own, job)
        assert (job["state"], job["result"]["photos"], job["errors"]) == ("done", 1, 1)
        gone = ended(own, own("POST", "/v1/imports", json={"url": f"{site.url}/gone"}).json())
        assert gone["problem"]["code"] == "feed_refused"
        assert "404" in gone["note"]
        site.pages["/page"] = b"<html><body>Hello</body></html>"
        page = ended(own, own("POST", "/v1/imports", json={"url": f"{site.url}/page"}).json())
        assert page["problem"]["code"] == "catalogue_invalid"
        assert "page is in no known format" in page["note"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/feed.xml",
        "http://10.1.2.3/feed.xml",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/feed.xml",
        f"file://{SECRET}",
        "https://me:secret@shop.example/feed.xml",
        "feed.xml",
    ],
)
def test_a_feed_at_a_private_address_is_refused(own: Served, url: str) -> None:
    answer = own("POST", "/v1/imports", json={"url": url})
    assert code_of(answer) == "feed_refused"
    assert "secret" not in answer.json()["detail"]


def test_imports_need_an_admin_key(serve: Serve, shop: Path) -> None:
    with closing(open_sqlite(shop)) as store:
        search, _ = create_key(store, "search")
        admin, _ = create_key(store, "admin")
    with serve() as own:
        form = {"file": ("t.csv", table_of(("k1", "")))}
        asked = [("POST", ""), ("GET", ""), ("GET", "/x"), ("DELETE", "/x"), ("GET", "/x/events")]
        for method, path in [*asked, ("GET", "/x/errors")]:
            answer = own(method, f"/v1/imports{path}")
            assert code_of(answer) == "key_missing"
            headers = {"Authorization": f"Bearer {search}"}
            assert code_of(own(method, f"/v1/imports{path}", headers=headers)) == "key_insufficient"
        headers = {"Authorization": f"Bearer {admin}"}
        assert own("POST", "/v1/imports", files=form, headers=headers).status_code == 202


@pytest.mark.parametrize("path", ["", "/events", "/errors"])
def test_an_unknown_import(own: Served, path: str) -> None:
    assert code_of(own("GET", f"/v1/imports/nobody{path}")) == "import_not_found"
    assert code_of(own("DELETE", "/v1/imports/..%2F..%2Fetc")) in ("import_not_found", "not_found")


def test_a_header_alone_holds_no_products(own: Served) -> None:
    job = ended(own, send(own, "empty.csv", HEADER.encode()).json())
    assert job["problem"]["code"] == "catalogue_invalid"
    assert job["note"].startswith("empty.csv holds no products")
