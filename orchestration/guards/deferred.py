"""Libraries that Great Expectations imports for questions nobody asks here.

Here belongs putting their import off until something of them is used. Statistics and charts are a third of
what importing Great Expectations costs.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

DEFERRED = ("altair", "scipy.stats")


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
