"""A real PostgreSQL server of our own, in a folder that goes away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest

PASSWORD = "not:to be@shown"


@contextmanager
def postgres_server() -> Generator[str]:
    """Give the address of the database of a server that is stopped at the end."""
    programs = programs_of_postgres()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine; install Debian's package postgresql")
    with TemporaryDirectory(prefix="vitrine-pg-") as name:
        folder = Path(name)
        user = _unprivileged(folder)
        run = [*(("runuser", "-u", user, "--") if user else ())]
        port = _free_port()
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        secret.chmod(0o644)
        data = folder / "data"
        _do(
            [
                *run,
                str(programs / "initdb"),
                "-D",
                str(data),
                "-U",
                "vitrine",
                "-A",
                "scram-sha-256",
                "--pwfile",
                str(secret),
                "-E",
                "UTF8",
                "--locale",
                "C",
            ]
        )
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"listen_addresses = '127.0.0.1'\nport = {port}\n")
            file.write(f"unix_socket_directories = '{folder}'\nmax_connections = 30\n")
        control = [*run, str(programs / "pg_ctl"), "-D", str(data)]
        _do([*control, "-l", str(folder / "log"), "-w", "-t", "60", "start"])
        try:
            yield f"postgresql://vitrine:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/postgres"
        finally:
            _do([*control, "-w", "-m", "immediate", "stop"])


def programs_of_postgres() -> Path | None:
    """The newest server on this machine."""
    if sys.platform == "win32":
        return None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _unprivileged(folder: Path) -> str:
    """The user that has to run the server; empty: whoever we are."""
    if os.geteuid() != 0:
        return ""
    shutil.chown(folder, "nobody")
    return "nobody"


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _do(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
