"""A green build to break things in.

Here belong the fixtures of tests that corrupt what lies between exports and release.
"""

from __future__ import annotations

import pytest

from orchestration.build import Build, build_of
from orchestration.guards.report import verify_report
from orchestration.paths import Home
from tests.conftest import Warehouse


@pytest.fixture(scope="session")
def green_build(released: Warehouse) -> Build:
    """The build behind the small year's release. Tests that change anything take a copy."""
    build = build_of(Home(released.home), released.year)
    verify_report(build)
    return build
