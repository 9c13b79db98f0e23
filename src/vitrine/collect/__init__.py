"""Products from the web into a folder that `vitrine index` takes, politely."""

from __future__ import annotations

from vitrine.collect.collecting import collect
from vitrine.collect.foreseeing import foresee
from vitrine.collect.report import CollectReport, Problem
from vitrine.collect.wish import Wish

__all__ = ["CollectReport", "Problem", "Wish", "collect", "foresee"]
