"""Stubs of dbt's template functions, so that sqlfluff lints models without dbt or a database."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace


def report_year() -> int:
    """A dummy year."""
    return 2000


def _dispatch(name: str, package: str | None = None) -> Callable[..., str]:
    def expression(*arguments: object) -> str:
        return f"{name}({', '.join(map(str, arguments))})"

    return expression


dbt = SimpleNamespace(
    type_string=lambda: "string",
    generate_series=lambda upper_bound: "select 1 as generated_number",
)
adapter = SimpleNamespace(dispatch=_dispatch, quote=lambda name: f'"{name}"')
