"""Fixtures for browser tests: Chromium, the page of a release, its console messages and network requests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from orchestration.release.charts import write_charts
from orchestration.release.release_data import ReleaseData
from orchestration.release.site import write_site
from tests.support.release import make_release, write_tables

# Nothing that a browser likes to do besides showing pages.
_FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-default-apps"),
)


@dataclass
class Watched:
    """A page with its folder, console messages and requests."""

    page: Page
    address: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, language: str = "", anchor: str = "") -> Page:
        """The page, loaded, in a language."""
        query = f"?lang={language}" if language else ""
        self.page.goto(f"{self.address}{query}{anchor}")
        self.page.evaluate("document.fonts.ready")
        return self.page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    executable = shutil.which("chromium")
    assert executable, "Chromium is not installed: run tests/browser/install-browser.sh"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=[*_FLAGS, *sandbox])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> ReleaseData:
    """A hand-made release, with attacks in some of its texts."""
    return make_release(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="session")
def release(content: ReleaseData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that release, as far as the page needs it."""
    folder = tmp_path_factory.mktemp("release")
    write_tables(folder, content)
    write_charts(folder, content)
    write_site(folder, content)
    return folder


def watch(browser: Browser, release: Path, **options: object) -> Iterator[Watched]:
    """A page in a new browser context."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    watched = Watched(page, (release / "site" / "index.html").as_uri())

    def judge(route: Route) -> None:
        address = route.request.url
        if address.split("?")[0].split("#")[0] != watched.address:
            watched.asked.append(address)
            route.abort()
        else:
            route.continue_()

    context.route("**/*", judge)
    page.on("console", lambda message: watched.said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: watched.said.append(f"error: {error}"))
    yield watched
    context.close()


@pytest.fixture
def site(browser: Browser, release: Path) -> Iterator[Watched]:
    """The page in a desktop viewport."""
    yield from watch(browser, release, viewport={"width": 1360, "height": 900})


@pytest.fixture
def phone(browser: Browser, release: Path) -> Iterator[Watched]:
    """The page in a phone viewport."""
    yield from watch(
        browser,
        release,
        viewport={"width": 375, "height": 740},
        is_mobile=True,
        has_touch=True,
        device_scale_factor=2,
    )


@pytest.fixture
def bare(browser: Browser, release: Path) -> Iterator[Watched]:
    """The page with JavaScript disabled."""
    yield from watch(browser, release, java_script_enabled=False)


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of screenshots: METROPOLIS_SCREENSHOTS, or a temporary one."""
    asked = os.environ.get("METROPOLIS_SCREENSHOTS")
    folder = Path(asked) if asked else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
