"""Bring a shop file of an older release up to date with Alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from vitrine.errors import ShopVersionError

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).with_name("migrations")


def stamp(connection: Connection, revision: str) -> None:
    """Write the version of a newly made shop."""
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:r)"), {"r": revision})


def check_known(revision: str, path: Path) -> None:
    """Refuse a file of a newer release.

    Raises:
        ShopVersionError: `revision` is none of ours.
    """
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision not in known:
        raise ShopVersionError(
            f"{path} was written by a newer release (schema {revision}); update vitrine to open it"
        )


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run every migration that the file has not seen, inside the caller's transaction."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
