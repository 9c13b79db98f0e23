"""What is special about a shop in one file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from vitrine.errors import DataError, LockedError, NotFoundError, ShopVersionError
from vitrine.store import JobRecord, Store, create_sqlite, look_into_sqlite, open_sqlite, words
from vitrine.store import migrate as migrate_module
from vitrine.store.records import fingerprint, product_values, word_values
from vitrine.store.schema import HEAD
from vitrine.store.writing import CoreWriter
from vitrine.types import EncoderIdentity, Price, Product

Put = Callable[..., None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.shop"


@pytest.fixture
def shop(path: Path, identity: EncoderIdentity) -> Path:
    create_sqlite(path, identity).close()
    return path


def schema_of(path: Path) -> dict[str, set[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            if name not in ("sqlite_sequence", "alembic_version")
        ]
        return {
            name: {row[1:] for row in connection.execute(f"PRAGMA table_xinfo({name})")}
            | {tuple(row[2:]) for row in connection.execute(f"PRAGMA foreign_key_list({name})")}
            | {row[1:3] for row in connection.execute(f"PRAGMA index_list({name})")}
            for name in names
        }


def test_migrations_make_the_schema_that_a_new_shop_has(shop: Path, tmp_path: Path) -> None:
    migrated = tmp_path / "migrated.shop"
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.begin() as connection:
        migrate_module.upgrade(connection)
    engine.dispose()
    assert schema_of(migrated) == schema_of(shop)
    with closing(sqlite3.connect(migrated)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make this a release that brings the schema 0004, with this upgrade."""

    def make(*lines: str) -> None:
        scripts = tmp_path / "migrations"
        (scripts / "versions").mkdir(parents=True)
        ours = Path(migrate_module.__file__).with_name("migrations")
        for script in (ours / "env.py", *(ours / "versions").glob("rev_*.py")):
            shutil.copy(script, scripts / script.relative_to(ours))
        body = "".join(f"    {line}\n" for line in lines)
        (scripts / "versions" / "rev_9999.py").write_text(
            "from alembic import op\n"
            f"revision, down_revision = '9999', '{HEAD}'\n"
            f"def upgrade():\n{body}"
        )
        monkeypatch.setattr(migrate_module, "_SCRIPTS", scripts)
        monkeypatch.setattr("vitrine.store.sqlite.HEAD", "9999")

    return make


RETITLE = "op.execute(\"UPDATE products SET title = 'migrated'\")"


def test_an_older_file_is_copied_then_migrated(
    shop: Path, put: Put, release: Callable[..., None]
) -> None:
    with closing(open_sqlite(shop)) as store:
        put(store, "p1", "c1")
    release(RETITLE)
    with closing(open_sqlite(shop)) as store:
        assert store.products(["p1"])["p1"].title == "migrated"
    copy = shop.with_name("a.shop.before-9999")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT title FROM products").fetchall() == [("title of p1",)]


def test_a_shop_of_the_first_release_opens_whole(
    path: Path, identity: EncoderIdentity, put: Put
) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate_module.upgrade(connection, "0001")
        connection.execute(text("INSERT INTO meta VALUES ('counter', '0')"))
        CoreWriter(connection).switch_encoder(identity)
        product = Product("p1", title="from before", price=Price(Decimal(7), "EUR"))
        values = product_values(product)
        kept = values | {"fingerprint": fingerprint(values, []), "changed_at": 1}
        names = ", ".join(kept)
        connection.execute(
            text(f"INSERT INTO products ({names}) VALUES (:{names.replace(', ', ', :')})"), kept
        )
        words.replace(connection, {1: word_values(product)})
    engine.dispose()
    assert "jobs" not in schema_of(path)
    with closing(open_sqlite(path)) as store:
        assert store.products(["p1"])["p1"].title == "from before"
        assert [str(record.price) for record in store.price_history(["p1"])] == ["7 EUR"]
        put(store, "p1", "c1", title="from before")
        put(store, "p2", "c2")
        arrivals = [each.added_at for each in store.products(["p1", "p2"]).values()]
        assert [bool(at) for at in arrivals] == [False, True]
        with store.transaction() as writer:
            writer.put_job(JobRecord("j1", "import", {}, "2026-11-21T10:00:00+00:00"))
        assert store.problems() == []
    copy = path.with_name(f"a.shop.before-{HEAD}")
    assert "jobs" not in schema_of(copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT title FROM products").fetchall() == [("from before",)]


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("kind", ["new", "older", "backup"])
def test_looking_into_a_shop_changes_no_byte(
    shop: Path, put: Put, release: Callable[..., None], kind: str
) -> None:
    with closing(open_sqlite(shop)) as store:
        put(store, "p1", "c1")
        if kind == "backup":
            store.backup(shop.with_name("b.shop"))
    if kind == "older":
        release(RETITLE)
    looked_at = shop.with_name("b.shop") if kind == "backup" else shop
    before = content(shop.parent)
    with look_into_sqlite(looked_at) as store:
        title = "migrated" if kind == "older" else "title of p1"
        assert store.products(["p1"])["p1"].title == title
        if kind != "older":
            with pytest.raises(DatabaseError, match="readonly"), store.transaction() as writer:
                writer.delete_products(["p1"])
    assert content(shop.parent) == before


def test_a_failed_migration_leaves_the_file_as_it_was(
    shop: Path, release: Callable[..., None]
) -> None:
    before = schema_of(shop)
    release(
        "op.execute('ALTER TABLE products ADD COLUMN half TEXT')", "raise RuntimeError('halfway')"
    )
    with pytest.raises(RuntimeError, match="halfway"):
        open_sqlite(shop)
    assert schema_of(shop) == before


def test_a_file_of_a_newer_release_is_refused(shop: Path) -> None:
    with closing(sqlite3.connect(shop)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(ShopVersionError, match=r"newer release \(schema 9999\); update vitrine"):
        open_sqlite(shop)


@pytest.mark.parametrize("content", [b"", b"hello, I am no database" * 100])
def test_a_file_that_is_no_shop_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ShopVersionError, match="is not a vitrine shop"):
        open_sqlite(path)
    assert path.read_bytes() == content


@pytest.fixture
def frozen(shop: Path, put: Put, monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """A shop in a folder that says of itself that it cannot be written; to root that is a lie."""
    with closing(open_sqlite(shop)) as store:
        put(store, "p1", "c1")
    folder = shop.parent / "read only?"
    folder.mkdir()

    def access(path: Path, _mode: int) -> bool:
        return path != folder

    monkeypatch.setattr(os, "access", access)
    moved = shop.rename(folder / "a #1.shop")
    moved.chmod(0o444)
    folder.chmod(0o555)
    yield moved
    folder.chmod(0o755)


def test_a_shop_in_a_folder_that_cannot_be_written_is_read(frozen: Path) -> None:
    before = content(frozen.parent)
    with closing(open_sqlite(frozen)) as store:
        assert store.products(["p1"])["p1"].title == "title of p1"
        assert len(store.rows().vectors) == 1
        assert store.problems() == []
        seen: list[int] = []
        thread = threading.Thread(target=lambda: seen.append(store.counter()))
        thread.start()
        thread.join()
        assert seen == [store.counter()]
        store.backup(frozen.parent.parent / "copy.shop")
        assert content(frozen.parent) == before
    with look_into_sqlite(frozen) as store:
        assert store.product_ids() == {"p1"}
    with closing(open_sqlite(frozen.parent.parent / "copy.shop")) as store:
        assert store.product_ids() == {"p1"}
    assert content(frozen.parent) == before


def test_a_shop_in_a_folder_that_cannot_be_written_is_not_changed(
    frozen: Path, release: Callable[..., None]
) -> None:
    with closing(open_sqlite(frozen)) as store:
        with pytest.raises(DataError, match="cannot be changed: its folder"), store.importing():
            pass
        with pytest.raises(DataError, match="copy it into one that can"), store.transaction():
            pass
    release(RETITLE)
    with pytest.raises(DataError, match="written by an older release and its folder"):
        open_sqlite(frozen)
    with look_into_sqlite(frozen) as store:
        assert store.products(["p1"])["p1"].title == "migrated"


def test_a_shop_that_another_computer_changes_is_not_read_on(frozen: Path) -> None:
    with closing(open_sqlite(frozen)) as store:
        assert store.product_ids() == {"p1"}
        os.utime(frozen, ns=(1, 1))
        with pytest.raises(DataError, match="changed by another computer; open it again"):
            store.counter()


def test_a_shop_in_use_in_a_folder_that_cannot_be_written_is_refused(frozen: Path) -> None:
    log = frozen.with_name(f"{frozen.name}-wal")
    try:
        log.touch()
        pytest.skip("whoever runs this may write everywhere")
    except PermissionError:
        frozen.parent.chmod(0o755)
    log.write_bytes(b"a log")
    frozen.parent.chmod(0o555)
    with pytest.raises(DataError, match="copy it, with its -wal file, into a folder that can"):
        open_sqlite(frozen)


def test_a_missing_shop_says_how_to_build_one(path: Path) -> None:
    with pytest.raises(NotFoundError, match="vitrine index SOURCE --shop"):
        open_sqlite(path)


def test_creating_never_overwrites(shop: Path, identity: EncoderIdentity) -> None:
    with pytest.raises(DataError, match="exists already"):
        create_sqlite(shop, identity)
    with pytest.raises(DataError, match="does not exist; make it first"):
        create_sqlite(shop.parent / "nowhere" / "a.shop", identity)


def test_a_closed_shop_is_one_file(shop: Path, put: Put) -> None:
    with closing(open_sqlite(shop)) as store:
        put(store, "p1", "c1")
    assert [file.name for file in shop.parent.iterdir()] == ["a.shop"]


def test_a_second_importer_waits_or_is_refused(shop: Path) -> None:
    first, second = open_sqlite(shop), open_sqlite(shop)
    with first.importing():
        with (
            pytest.raises(LockedError, match="another process is importing"),
            second.importing(wait_s=0.05),
        ):
            pass
        waited = threading.Thread(target=lambda: second.importing(wait_s=30).__enter__())
        waited.start()
    waited.join(10)
    assert not waited.is_alive()
    first.close()
    second.close()


def test_a_reader_keeps_its_view_while_a_writer_works(shop: Path, put: Put) -> None:
    with closing(open_sqlite(shop)) as store:
        for number in range(3):
            put(store, f"p{number}", f"c{number}")
        listing = store.iterate()
        first, _ = next(listing)
        with store.transaction() as writer:
            writer.delete_products(["p1"])
        assert [first.product_id, *(p.product_id for p, _ in listing)] == ["p0", "p1", "p2"]
        assert len(store.rows().product_ids) == 2


def test_a_backup_holds_everything_and_is_sound(shop: Path, put: Put, tmp_path: Path) -> None:
    with closing(open_sqlite(shop)) as store:
        put(store, "p1", "c1")
        copy = tmp_path / "copy.shop"
        store.backup(copy)
        with pytest.raises(DataError, match="exists already"):
            store.backup(copy)
        put(store, "p2", "c2")
    with closing(open_sqlite(copy)) as restored:
        assert set(restored.products(["p1", "p2"])) == {"p1"}
        assert restored.problems() == []


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("UPDATE products SET title = 'forged'", "product 'p1': its row does not match"),
        ("DELETE FROM words", "product 'p1': not in the full-text index"),
        ("UPDATE words SET title = 'forged'", "product 'p1': the full-text index has other words"),
        ("INSERT INTO words (rowid, title) VALUES (9, 'x')", "holds a product that is not there"),
        ("DELETE FROM trigrams WHERE word = 'title'", "known for typos but said by no product"),
        ("INSERT INTO trigrams VALUES ('  f', 'forged')", "known for typos but said by no product"),
        ("UPDATE vectors SET vector = x'00'", "has 1 bytes, not 8"),
        ("UPDATE vectors SET vector = zeroblob(8)", "has length 0.000, not 1"),
        ("UPDATE vectors SET vector = x'007e007e007e007e'", "has length nan, not 1"),
        ('UPDATE vectors SET tags = \'{"colour": ["Red", 0.5\'', "its tags cannot be read"),
        ("UPDATE vectors SET tags = '[]'", "its tags cannot be read"),
        ('UPDATE vectors SET tags = \'{"colour": ["Red", 0.5]}\'', "its tags cannot be read"),
        ("UPDATE vectors SET tags = '{\"colour\": [1, 0.5, false]}'", "its tags cannot be read"),
        ('UPDATE vectors SET tags = \'{"colour": ["Red", 2, false]}\'', "its tags cannot be"),
        ("UPDATE vectors SET tags = x'ff'", "its tags cannot be read"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM images", "points to a missing row of images"),
    ],
)
def test_damage_is_found(shop: Path, put: Put, damage: str, complaint: str) -> None:
    with closing(open_sqlite(shop)) as store:
        put(store, "p1", "c1")
        assert store.problems() == []
        with closing(sqlite3.connect(shop)) as connection:
            connection.executescript(damage)
            connection.commit()
        assert any(complaint in line for line in store.problems())


def test_a_torn_file_is_found(shop: Path, put: Put) -> None:
    with closing(open_sqlite(shop)) as store:
        for number in range(40):
            put(store, f"p{number}", f"c{number}", description="word " * 400)
    whole = shop.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    shop.write_bytes(whole[:middle] + b"\xff" * 8192 + whole[middle + 8192 :])
    with closing(open_sqlite(shop)) as store:
        assert store.problems()


def test_half_a_file_is_a_damaged_shop_not_another_file(shop: Path) -> None:
    whole = shop.read_bytes()
    shop.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"is damaged .* go back to a backup"):
        open_sqlite(shop)


def test_store_protocol_is_met(shop: Path) -> None:
    with closing(open_sqlite(shop)) as opened:
        store: Store = opened
        assert store.location == str(shop)
