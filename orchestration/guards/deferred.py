"""Libraries that Great Expectations imports for questions nobody asks here.

Here belongs putting their import off until something of them is used, or doing without where the library can.
Statistics and charts are a third of what importing Great Expectations costs, databases a sixth of the rest.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

DEFERRED = ("altair", "scipy.stats")
# It asks databases by this, where it is installed; frames it asks without.
OPTIONAL = ("sqlalchemy",)


class _Deferred(ModuleType):
    """Stands where a module would; is replaced by it at the first look inside."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            # The import system looks for these; it is not a use.
            raise AttributeError(name)
        return getattr(self._real(), name)

    def _real(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


def defer(*names: str) -> None:
    """Puts off importing modules, but for those that are imported already."""
    for name in names:
        sys.modules.setdefault(name, _Deferred(name))


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Within it, modules that are not imported yet are as if they were not installed."""
    modules: dict[str, Any] = sys.modules
    hidden = [name for name in names if name not in modules]
    # What Python takes for a module that cannot be imported.
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]
