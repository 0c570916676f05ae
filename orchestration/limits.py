"""Checks the machine's limits (open files, paths, engine) before a build starts."""

from __future__ import annotations

import os
import re
import resource
import shutil
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from orchestration.errors import MetropolisError

# Dagster's storage, DuckDB, dbt and the worker pool have some hundred files open at their busiest.
_FILES = 256
# SQLite opens no file whose path is longer than 512 bytes, and Dagster's lie some hundred below the home.
_PATH_BYTES = 400
# Dagster makes a URL of the path, in which these mean something else.
_SPECIAL = re.compile(r"\?|%[0-9A-Fa-f]{2}")
_SPARK_PACKAGES = ("pyspark", "dbt-spark")
_POSTGRES_PACKAGES = ("dagster-postgres", "psycopg2-binary")


class MachineLacks(MetropolisError):
    """The machine lacks something that the call needs; the message says what to do."""


def require_files() -> None:
    """Raises the limit of open files as needed; MachineLacks if the system allows too few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= _FILES:
        return
    if hard != resource.RLIM_INFINITY and hard < _FILES:
        raise MachineLacks(
            f"too few files may be open at a time: {hard}, and a build needs {_FILES}; raise the limit (ulimit -n)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, hard))


def require_path(home: Path) -> None:
    """Raises MachineLacks for a home whose path Dagster or the databases cannot use."""
    path = os.fsencode(home.absolute())
    if len(path) > _PATH_BYTES:
        raise MachineLacks(
            f"the path of the home is too long: {len(path)} bytes, and a build needs {_PATH_BYTES}"
        )
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        raise MachineLacks("the path of the home is no UTF-8, which the databases in it need") from None
    special = _SPECIAL.search(path.decode("utf-8"))
    if special is not None:
        raise MachineLacks(
            f"the path of the home holds {special[0]}, by which Dagster's storage would be another folder; rename it"
        )


def require_engine(engine: str) -> None:
    """Raises MachineLacks if the engine is not installed."""
    if engine != "spark":
        return
    _require_packages(_SPARK_PACKAGES, "the engine spark is not installed", "make install-spark")
    if "SPARK_REMOTE" not in os.environ and "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise MachineLacks("the engine spark needs Java 17: make install-spark")


def require_postgres() -> None:
    """Raises MachineLacks if Dagster's storage on PostgreSQL is not installed."""
    _require_packages(_POSTGRES_PACKAGES, "storage on PostgreSQL is not installed", "make install-postgres")


def _require_packages(packages: Sequence[str], lacks: str, remedy: str) -> None:
    for package in packages:
        try:
            version(package)
        except PackageNotFoundError:
            raise MachineLacks(f"{lacks} ({package}): {remedy}") from None
