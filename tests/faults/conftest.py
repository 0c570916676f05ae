"""Fixtures for tests that corrupt a build."""

from __future__ import annotations

import pytest

from orchestration.build import Build, build_of
from orchestration.guards.validation_results import verify_report
from orchestration.paths import Home
from tests.conftest import Warehouse


@pytest.fixture(scope="session")
def green_build(released: Warehouse) -> Build:
    """The build behind the small year's release; tests that change it take a copy."""
    build = build_of(Home(released.home), released.year)
    verify_report(build)
    return build
