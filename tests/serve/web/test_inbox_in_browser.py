"""The inbox of new looks in a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.serve.serving import served
from tests.serve.web.views import assert_sound, looking

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_inbox_is_sound_and_a_new_look_becomes_a_style(
    chromium: Browser, arrivals: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(arrivals, tmp_path / "my.shop"))
    with served(path, tmp_path / "models") as own:
        [proposal] = own.service.shop.styles.novel().proposals
        phone = {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"}
        with looking(chromium, own, **phone) as view:
            view.page.goto(own.url + "/desk/styles")
            assert_sound(view.page)
        with looking(chromium, own) as view:
            view.page.goto(own.url + "/desk/styles")
            assert_sound(view.page)
            name = view.page.get_by_label(f"Name of {proposal.proposal_id}")
            name.fill("Yellow rain")
            name.press("Enter")
            view.page.get_by_text("A new style: Yellow rain.").wait_for()
        assert "Yellow rain" in {each.name for each in own.service.shop.styles.list()}
