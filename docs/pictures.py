"""Takes the README's screenshots: the site of a release, and the asset graph in Dagster.

``python docs/pictures.py --year YEAR [--home DIR]`` uses the current release. Needs Chromium at the path that
CHROMIUM names (default /usr/bin/chromium).
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).resolve().parent
_METROPOLIS = Path(sys.executable).with_name("metropolis")
_ASSETS = "/assets/marts/figures?view=lineage&lineageScope=neighbors"
_WIDTH, _HEIGHT = 1280, 860
_UP_WITHIN_SECONDS = 120


def main() -> None:
    """Takes both pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--home", type=Path, default=Path(".metropolis"))
    arguments = parser.parse_args()
    site = arguments.home / "releases" / str(arguments.year) / "latest" / "site" / "index.html"
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take(browser, site.resolve().as_uri(), FOLDER / "site.png")
        with dagster(arguments.home) as address:
            take(browser, f"{address}{_ASSETS}", FOLDER / "assets.png", settle_seconds=8)
        browser.close()


def take(browser: Browser, address: str, path: Path, settle_seconds: float = 1) -> None:
    """A picture of the first screen of a page."""
    page = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
    page.goto(address)
    page.wait_for_timeout(settle_seconds * 1000)
    page.screenshot(path=path)
    page.close()
    print(path.relative_to(FOLDER.parent))


@contextmanager
def dagster(home: Path) -> Iterator[str]:
    """The address of a Dagster UI on a home, as long as it is needed."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [str(_METROPOLIS), "dev", "--home", str(home), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/server_info")
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def wait_for(address: str) -> None:
    """Returns once an address answers; TimeoutError where it does not in time."""
    until = time.monotonic() + _UP_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(1)
    raise TimeoutError(f"{address} does not answer")


if __name__ == "__main__":
    main()
