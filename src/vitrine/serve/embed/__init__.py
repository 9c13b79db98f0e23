"""What other sites' pages load: `/embed.js`, and a plain shop that uses it."""

from __future__ import annotations

from vitrine.serve.embed.pages import router
from vitrine.serve.embed.script import PATH

__all__ = ["PATH", "router"]
