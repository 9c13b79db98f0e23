from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from vitrine import __version__
from vitrine.cli import app
from vitrine.store import open_sqlite

Run = Callable[..., Any]


def _commands() -> dict[str, Any]:
    """Every command by what is typed for it, those of groups included."""
    found: dict[str, Any] = {}
    for name, command in getattr(typer.main.get_command(app), "commands").items():  # noqa: B009
        inner: dict[str, Any] = getattr(command, "commands", {})
        found |= {f"{name} {own}": each for own, each in inner.items()} or {name: command}
    return found


COMMANDS = _commands()
HEAVY = (
    *("numpy", "PIL", "sqlalchemy", "alembic", "pydantic", "pydantic_settings", "faiss"),
    *("onnxruntime", "httpx", "huggingface_hub", "sqlite3", "torch", "onnx"),
    *("fastapi", "starlette", "uvicorn", "prometheus_client"),
)
REFERENCE = Path(__file__).parents[2] / "docs" / "cli.md"


def vitrine(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vitrine", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_every_command_of_the_plan_is_there() -> None:
    plan = {
        "": "demo index collect reindex search explain outfit compare recommend embed tag serve "
        "doctor verify backup export",
        "evaluate": "encoders recommendations feedback outfits",
        "train": "encoder ranker outfits tagger retrieval two-branch last-layer compare",
        "model": "list show pull export",
        "events": "import add export purge stats",
        "keys": "create list revoke",
        "styles": "fit list show tree rename merge map trends novel accept dismiss label export "
        "suggest evaluate",
    }
    names = [f"{group} {name}".strip() for group, said in plan.items() for name in said.split()]
    assert set(COMMANDS) == set(names)


# typer itself takes pydantic to read the options of a command
@pytest.mark.parametrize(
    ("arguments", "typers"),
    [
        (["--help"], []),
        (["index", "--help"], ["pydantic"]),
        (["train", "encoder", "--help"], ["pydantic"]),
        (["serve", "--help"], ["pydantic"]),
    ],
)
def test_help_loads_nothing_heavy(arguments: list[str], typers: list[str]) -> None:
    code = (
        "import sys, vitrine.cli\n"
        f"sys.argv = ['vitrine', *{arguments!r}]\n"
        "try:\n    vitrine.cli.main()\n"
        "except SystemExit:\n"
        f"    print(*(name for name in {HEAVY!r} if name in sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(shown.stdout.splitlines()[-1].split()) <= set(typers)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_says_what_it_does_and_shows_examples(run: Run, name: str) -> None:
    shown = run(*name.split(), "--help").stdout
    assert "Examples" in shown
    examples = shown.split("Examples")[1]
    assert f"vitrine {name}" in examples
    for option in COMMANDS[name].params:
        assert option.help, f"{name} {option.name}"


def test_brackets_in_examples_survive(run: Run) -> None:
    assert '["Navy Blue", "White"]' in run("search", "--help").stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_stands_in_the_reference(name: str) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    [section] = re.findall(rf"^## `vitrine {name}`\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    for parameter in COMMANDS[name].params:
        words = [parameter.metavar] if parameter.param_type_name == "argument" else parameter.opts
        for word in words:
            assert f"`{word}`" in section, f"{name}: {word}"


def test_the_reference_knows_no_option_that_does_not_exist() -> None:
    parameters = [p for command in COMMANDS.values() for p in command.params]
    known = {option for p in parameters for option in (*p.opts, *p.secondary_opts)}
    known |= {"--help", "--version", "--install-completion", "--show-completion"}
    assert set(re.findall(r"--[a-z][a-z-]+", REFERENCE.read_text(encoding="utf-8"))) <= known


def test_every_command_prints_json() -> None:
    for name, command in COMMANDS.items():
        assert "--json" in {option for p in command.params for option in p.opts}, name


def test_version_and_no_arguments(run: Run) -> None:
    assert run("--version").stdout == f"vitrine {__version__}\n"
    assert vitrine("--version").stdout == f"vitrine {__version__}\n"
    assert "Usage" in run(code=2).output


def test_the_whole_way_in_real_processes(catalogue: Path, tmp_path: Path) -> None:
    shop, photo = tmp_path / "my.shop", catalogue.parent / "images" / "2.png"
    built = vitrine("index", catalogue, "--shop", shop)
    assert (built.returncode, built.stderr) == (0, "")
    found = vitrine("search", "--shop", shop, "--image", photo)
    assert (found.returncode, found.stderr) == (0, "")
    assert "Green [bold]dress[/nobody] 2" in found.stdout
    missing = vitrine("search", "--shop", shop, "--like", "nope")
    assert (missing.returncode, missing.stdout) == (4, "")
    assert missing.stderr == "error: there is no product 'nope' in this shop\n"


def test_a_console_that_does_not_know_the_letters_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,title\n1,Écharpe 围巾\n", encoding="utf-8")
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    shop = tmp_path / "my.shop"
    assert vitrine("index", tmp_path / "t.csv", "--shop", shop, env=narrow).returncode == 0
    table = vitrine("search", "--shop", shop, "--text", "围巾", env=narrow)
    assert (table.returncode, table.stderr) == (0, "")
    as_json = vitrine("search", "--shop", shop, "--text", "围巾", "--json", env=narrow)
    assert "\\u56f4\\u5dfe" in as_json.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way on Windows")
def test_ctrl_c_keeps_what_was_indexed(
    write: Callable[[str, int], Path], tmp_path: Path, run_json: Run
) -> None:
    source, shop = write("many", 900), tmp_path / "my.shop"
    # a shell's background job is started deaf to Ctrl-C, and so would be what it starts
    hear = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    run = "import vitrine.cli; vitrine.cli.main()"
    command = [sys.executable, "-c", f"{hear}; {run}"]
    command += ["index", str(source), "--shop", str(shop), "--threads", "1"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(2000):
        if shop.exists() and _n_products(shop):
            break
        time.sleep(0.005)
    running.send_signal(signal.SIGINT)
    shown, said = running.communicate(timeout=30)
    assert (running.returncode, shown) == (130, "")
    assert said.startswith("interrupted: what was indexed is kept; run the same command again")
    assert said.count("\n") == 1
    report = run_json("index", source, "--shop", shop)
    assert report["products"] == 901
    assert 0 < report["embedded"] < 900


def _n_products(shop: Path) -> int:
    store = open_sqlite(shop)
    n_products = sum(1 for _ in store.iterate())
    store.close()
    return n_products


@pytest.mark.parametrize(
    ("words", "index", "expected"),
    [
        ("vitrine search --encoder c", 3, {"colour", "clip-vit-b32"}),
        ("vitrine index x --format k", 4, {"kaggle-fashion"}),
        ("vitrine re", 1, {"recommend", "reindex"}),
        ("vitrine model ", 2, {"list", "show", "pull", "export"}),
    ],
)
def test_the_shell_completes_names(words: str, index: int, expected: set[str]) -> None:
    asked = {"_VITRINE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(index)}
    code = "from vitrine.cli import app; app(prog_name='vitrine')"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **asked},
    )
    assert set(shown.stdout.split()) == expected
