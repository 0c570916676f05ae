"""dbt's events, a hundred a model, while nobody listens.

Here belongs that an event is made and sent round only where somebody reads it: warnings and errors always, the
rest where dbt has a log. What dbt says in its events is dbt's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager, get_event_manager

_ALWAYS_HEARD = frozenset({EventLevel.WARN, EventLevel.ERROR})
_PUT_OFF = "_put_off"


class QuietEventManager(EventManager):
    """Sends round what somebody reads."""

    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        """Sends an event to logs and callbacks."""
        is_heard = force_warn_or_error_handling or (level or e.level_tag()) in _ALWAYS_HEARD
        if is_heard or self.loggers:
            super().fire_event(e, level, node, force_warn_or_error_handling)


@contextmanager
def unheard_events() -> Iterator[None]:
    """While this lasts, events that nobody reads cost next to nothing: a message is made when it is looked at."""
    manager = get_event_manager()
    kept: tuple[Any, Any, Any] = BaseEvent.__init__, BaseEvent.__getattr__, BaseEvent.__setattr__
    make, look, put = kept

    def put_off(event: BaseEvent, *args: Any, **kwargs: Any) -> None:
        event.__dict__[_PUT_OFF] = args, kwargs

    def ensure_made(event: BaseEvent) -> None:
        if _PUT_OFF in event.__dict__:
            args, kwargs = event.__dict__.pop(_PUT_OFF)
            make(event, *args, **kwargs)

    def look_made(event: BaseEvent, name: str) -> Any:
        ensure_made(event)
        return event.__dict__[name] if name in event.__dict__ else look(event, name)

    def put_made(event: BaseEvent, name: str, value: Any) -> None:
        ensure_made(event)
        put(event, name, value)

    ctx_set_event_manager(QuietEventManager())
    _replace(put_off, look_made, put_made)
    try:
        yield
    finally:
        _replace(*kept)
        ctx_set_event_manager(manager)


def _replace(make: Any, look: Any, put: Any) -> None:
    BaseEvent.__init__, BaseEvent.__getattr__, BaseEvent.__setattr__ = make, look, put  # type: ignore[method-assign]
