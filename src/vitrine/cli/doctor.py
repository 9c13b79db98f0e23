"""`vitrine doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Any

import typer

from vitrine import __version__
from vitrine.cli import machine
from vitrine.cli.options import AsJson, settings_from
from vitrine.cli.output import airy_table, cell, console, plain, print_json, say
from vitrine.errors import DISTRIBUTION, ConfigurationError, FetchError

if TYPE_CHECKING:
    from vitrine.settings import Settings
    from vitrine.types import Json

_BASELINE = "colour"


def doctor(as_json: AsJson = False) -> None:
    """Look at this installation, and index and find a drawing to see whether it works.

    Nothing is downloaded. The exit code is 3 if something essential is missing.
    """
    settings = settings_from()
    report = examine(settings)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    if report["problems"]:
        raise typer.Exit(ConfigurationError.exit_code)


def examine(settings: Settings) -> Json:
    """Everything that the doctor knows; `problems` lists what essential is missing."""
    wanted = machine.requirements()
    packages = machine.versions(wanted.get("", []))
    report: Json = {
        "vitrine": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": machine.n_cores(),
        "memory_bytes": machine.memory_bytes(),
        "packages": packages,
        "extras": {extra: _extra(extra, names) for extra, names in wanted.items() if extra},
        "onnxruntime_providers": _providers(),
        "formats": machine.photo_formats(),
        "settings": machine.setting_sources(settings, os.environ),
        "models_dir_writable": machine.is_writable(settings.models_dir),
        "encoders": _encoders(settings),
    }
    report["self_test"] = _self_test(settings, report["encoders"])
    report["problems"] = _problems(report)
    report["ok"] = not report["problems"]
    return report


def _extra(extra: str, packages: list[str]) -> Json:
    found = machine.versions(packages)
    missing = None in found.values()
    return {
        "packages": found,
        "install": f"pip install '{DISTRIBUTION}[{extra}]'" if missing else "",
    }


def _providers() -> list[str]:
    try:
        import onnxruntime
    except ImportError:
        return []
    return [*onnxruntime.get_available_providers()]


def _encoders(settings: Settings) -> dict[str, Json]:
    """Encoder -> what it is, and whether it can be used now."""
    from vitrine.encoders import ENCODERS

    names = dict.fromkeys([*ENCODERS, settings.encoder])
    return {name: _encoder(name, settings) for name in names}


def _encoder(name: str, settings: Settings) -> Json:
    """Really load it, from what is kept here."""
    from vitrine.encoders import ENCODERS, load_encoder

    row = ENCODERS.get(name)
    said: Json = {"summary": row.summary, "licence": row.licence} if row else {"summary": "folder"}
    try:
        dim = load_encoder(name, settings.model_copy(update={"offline": True})).identity.dim
    except FetchError:
        size = f"{row.size_mb:,.0f} MB" if row else "some"
        return said | {"state": "absent", "detail": f"{size} to download on first use"}
    # a package that is missing or damaged is to be reported, not to end the examination
    except Exception as error:
        return said | {"state": "broken", "detail": plain(error)}
    return said | {"state": "ready", "detail": f"{dim} numbers"}


def _self_test(settings: Settings, encoders: dict[str, Json]) -> Json:
    from vitrine.cli.self_test import find_a_drawing

    ready = encoders[settings.encoder]["state"] == "ready"
    try:
        return find_a_drawing(settings, settings.encoder if ready else _BASELINE)
    # whatever is wrong here is what the doctor was asked to find
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"}


def _problems(report: Json) -> list[str]:
    missing = [name for name, version in report["packages"].items() if version is None]
    formats = [name for name, known in report["formats"].items() if not known]
    encoder = report["settings"]["encoder"]["value"]
    state = report["encoders"][encoder]
    found = {
        f"not installed: {', '.join(missing)}; pip install {DISTRIBUTION}": missing,
        f"photos that cannot be decoded: {', '.join(formats)}; "
        f"pip install --force-reinstall {DISTRIBUTION}": formats,
        f"the encoder {encoder!r} does not load: {state['detail']}": state["state"] == "broken",
        f"the self-test failed: {report['self_test'].get('failed')}": "failed"
        in report["self_test"],
        f"{report['settings']['models_dir']['value']} cannot be written, so that no model can be "
        "downloaded; set VITRINE_MODELS_DIR": not report["models_dir_writable"],
    }
    return [problem for problem, there in found.items() if there]


def _print_report(report: Json) -> None:
    memory = report["memory_bytes"]
    say(
        f"vitrine {report['vitrine']}, Python {report['python']}, {report['platform']}, "
        f"{report['cores']} cores, {f'{memory / 2**30:.1f} GB' if memory else 'unknown'} memory"
    )
    say(
        "packages: "
        + ", ".join(f"{name} {v or 'MISSING'}" for name, v in report["packages"].items())
    )
    for extra, state in report["extras"].items():
        say(f"extra {extra}: {state['install'] or 'installed'}")
    say("ONNX Runtime: " + (", ".join(report["onnxruntime_providers"]) or "MISSING"))
    say("photos: " + ", ".join(f if ok else f"no {f}" for f, ok in report["formats"].items()))
    _print_table("settings", report["settings"], "value", "source")
    _print_table("encoders", report["encoders"], "state", "detail", "summary")
    test = report["self_test"]
    if "failed" not in test:
        say(f"self-test: a drawing was indexed and found again in {test['took_ms']} ms")
    for problem in report["problems"]:
        say(f"PROBLEM: {problem}")
    say("all is well" if report["ok"] else f"{len(report['problems'])} to be put right")


def _print_table(title: str, rows: dict[str, dict[str, Any]], *columns: str) -> None:
    table = airy_table(title, *columns)
    for name, row in rows.items():
        table.add_row(cell(name), *(cell(row.get(column, "")) for column in columns))
    console().print(table)
