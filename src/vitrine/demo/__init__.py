"""The bundled catalogue, indexed and asked three questions: what `vitrine demo` runs."""

from __future__ import annotations

from vitrine.demo.running import SHOP, run_demo
from vitrine.demo.source import demo_source

__all__ = ["SHOP", "demo_source", "run_demo"]
