"""dbt's events while nobody listens: warnings are heard, the rest costs nothing, and a log still hears all."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager_client import add_logger_to_manager, get_event_manager
from dbt_common.events.functions import fire_event
from dbt_common.events.logger import LineFormat, LoggerConfig
from dbt_common.events.types import Note, RecordRetryException

from orchestration.models.quiet import unheard_events


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What reaches a callback while events are unheard."""
    found: list[str] = []
    with unheard_events():
        get_event_manager().callbacks.append(lambda message: found.append(message.info.msg))  # type: ignore[attr-defined]
        yield found


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The events whose message was made."""
    found: list[str] = []
    make = BaseEvent.__init__

    def watched(event: BaseEvent, *args: Any, **kwargs: Any) -> None:
        found.append(type(event).__name__)
        make(event, *args, **kwargs)

    monkeypatch.setattr(BaseEvent, "__init__", watched)
    return found


@pytest.mark.parametrize("level", [EventLevel.WARN, EventLevel.ERROR])
def test_warnings_and_errors_are_heard(heard: list[str], level: EventLevel) -> None:
    fire_event(Note(msg="look here"), level=level)
    assert heard == ["look here"]


@pytest.mark.parametrize("level", [EventLevel.DEBUG, EventLevel.TEST, EventLevel.INFO])
def test_the_rest_is_never_made(made: list[str], heard: list[str], level: EventLevel) -> None:
    fire_event(Note(msg="on the way"), level=level)
    assert heard == []
    assert made == []


def test_a_message_is_made_when_it_is_looked_at(made: list[str]) -> None:
    with unheard_events():
        event = RecordRetryException(exc="torn")
        assert made == []
        assert event.exc == "torn"
        assert _said(event) == {"exc": "torn"}
        event.exc = "mended"
        assert event.exc == "mended"
        other = RecordRetryException(exc="torn")
        other.exc = "mended"
        assert _said(other) == {"exc": "mended"}
    assert made == ["RecordRetryException"] * 2


def _said(event: BaseEvent) -> Any:
    return event.to_dict()  # type: ignore[no-untyped-call]


def test_a_log_hears_everything() -> None:
    log = StringIO()
    with unheard_events():
        add_logger_to_manager(
            LoggerConfig("log", line_format=LineFormat.DebugText, level=EventLevel.DEBUG, output_stream=log)
        )
        fire_event(Note(msg="on the way"), level=EventLevel.DEBUG)
    assert "on the way" in log.getvalue()


def test_afterwards_all_is_as_before() -> None:
    before = get_event_manager(), BaseEvent.__init__, BaseEvent.__getattr__, BaseEvent.__setattr__
    with pytest.raises(RuntimeError), unheard_events():
        assert get_event_manager() is not before[0]
        raise RuntimeError
    assert (get_event_manager(), BaseEvent.__init__, BaseEvent.__getattr__, BaseEvent.__setattr__) == before
    assert Note(msg="again").message() == "again"
