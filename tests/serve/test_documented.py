"""docs/http-api.md tells of everything that is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.serve.serving import Served

from vitrine.serve.problems import KINDS
from vitrine.serve.questions import SearchQuestion
from vitrine.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "http-api.md").read_text(encoding="utf-8")


def test_every_problem_with_its_status() -> None:
    section = TEXT.split("## Problems")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", section, re.M))
    assert {code: int(status) for code, status in rows.items()} == {
        code: kind.status for code, kind in KINDS.items()
    }


def test_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| ([^|]+) \|", TEXT, re.M)
    defaults: dict[str, str] = {}
    for names, values in rows:
        found = re.findall(r"\w+", names)
        defaults |= dict(zip(found, [v.strip() for v in values.split(",")], strict=False))
    for name, field in Settings.model_fields.items():
        if name.startswith("serve_"):
            default = field.default
            shown = f"{default:g}" if isinstance(default, float) else str(default or "none")
            assert defaults[name] == shown, name


def test_every_endpoint_and_field(ask: Served) -> None:
    for path, methods in ask("GET", "/openapi.json").json()["paths"].items():
        shown = path.replace("{product_id}", "{id}").replace("{position}", "{n}")
        for method in methods:
            assert f"{method.upper()} {shown}" in TEXT
    for name in SearchQuestion.model_fields:
        assert f"| `{name}` |" in TEXT
