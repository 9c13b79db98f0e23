"""`vitrine evaluate`: what is measured; a SOURCE alone means encoders."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from vitrine.cli.evaluate import evaluate as encoders
from vitrine.cli.evaluate_feedback import feedback
from vitrine.cli.evaluate_outfits import outfits
from vitrine.cli.evaluate_recommendations import recommendations
from vitrine.cli.exits import GuardedCommand

_UNNAMED = "encoders"


class _EncodersUnlessNamed(TyperGroup):
    """`vitrine evaluate SOURCE` is `vitrine evaluate encoders SOURCE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the command where only a source is given."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [_UNNAMED, *args]
        return super().parse_args(ctx, args)


evaluate = typer.Typer(
    cls=_EncodersUnlessNamed,
    help="Measure encoders and recommendations, with intervals and baselines.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`vitrine evaluate SOURCE` is short for `vitrine evaluate encoders SOURCE`.",
)
evaluate.command(_UNNAMED, cls=GuardedCommand)(encoders)
evaluate.command(cls=GuardedCommand)(recommendations)
evaluate.command(cls=GuardedCommand)(feedback)
evaluate.command(cls=GuardedCommand)(outfits)
