"""`vitrine evaluate feedback`: people rate results of two encoders, blind."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import AsJson, Quiet, ShopPath, settings_from
from vitrine.cli.output import airy_table, cell, complain, console, n_of, print_json, say
from vitrine.errors import UsageError

if TYPE_CHECKING:
    from vitrine.evaluate.blind_report import BlindReport


def feedback(
    shop: ShopPath,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", metavar="PATH", help="A shop of the same products under another encoder."
        ),
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Say what was rated so far, instead of serving pages.")
    ] = False,
    questions: Annotated[
        int,
        typer.Option("--questions", metavar="N", min=1, help="How many products are asked with."),
    ] = 20,
    k: Annotated[
        int, typer.Option("-k", metavar="N", min=2, max=24, help="Length of each mixed list.")
    ] = 6,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of the questions.")] = 0,
    port: Annotated[
        int,
        typer.Option("--port", metavar="N", min=0, max=65_535, help="0 takes any free one."),
    ] = 8100,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Let people rate results of two encoders without knowing which found what.

    Pages on this computer show a product and a list in which results of both shops are mixed, and
    ask how relevant, useful and new each is, 1 to 5. Answers are kept as rate events of --shop.
    Ctrl-C stops; --report gives means with intervals, and which encoder was preferred.
    """
    from vitrine.shop import look_into_shop, open_shop

    settings = settings_from()
    if report:
        if against is not None:
            raise UsageError("--report reads what --shop keeps; leave out --against")
        from vitrine.evaluate.blind_report import blind_reports

        with look_into_shop(shop, settings=settings) as looked_into:
            found = blind_reports(looked_into.events.iterate())
        if as_json:
            print_json({"reports": [each.to_json() for each in found]})
        else:
            for each in found:
                _print_report(each)
        return
    if against is None:
        raise UsageError("say which shop to compare with: --against PATH, or ask for the --report")
    from vitrine.evaluate.blind_study import BlindStudy
    from vitrine.serve.feedback_page import serve_study

    with ExitStack() as open_now:
        ours = open_now.enter_context(open_shop(shop, settings=settings))
        theirs = open_now.enter_context(open_shop(against, settings=settings))
        study = BlindStudy(ours, theirs, n_questions=questions, n_shown=k, seed=seed)

        def announce(url: str) -> None:
            if as_json:
                print_json({"url": url, "questions": len(study), "systems": list(study.systems)})
            elif not quiet:
                say(f"{n_of(len(study), 'question')} at {url}")

        serve_study(study, port, announce)
    if not quiet:
        complain("stopped")


def _print_report(found: BlindReport) -> None:
    first, second = found.systems
    asked = f"{n_of(found.n_questions, 'question')}, {n_of(found.n_raters, 'rater')}"
    say(f"{first} and {second}: {asked}")
    table = airy_table()
    for name in ("aspect", first, second, "difference", "preferred", "p"):
        table.add_column(cell(name), justify="left" if name == "aspect" else "right")
    for each in found.preferences:
        means = {
            mean.system: f"{mean.mean:.2f} [{mean.low:.2f}, {mean.high:.2f}]"
            for mean in found.means
            if mean.aspect == each.aspect
        }
        wins = f"{each.wins[0]} : {each.wins[1]}, {n_of(each.ties, 'tie')}"
        difference = f"{each.difference:+.2f} [{each.low:+.2f}, {each.high:+.2f}]"
        shown = (each.aspect, means[first], means[second], difference, wins, f"{each.p_value:.3f}")
        table.add_row(*map(cell, shown))
    console().print(table)
