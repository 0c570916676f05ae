"""Notices of failures and refusals, to a webhook.

A notice carries the sentences of the failure, their owner, the exit code and a link to the run. Errors of this
project hold no personal data.
"""

from __future__ import annotations

import json
import os
import urllib.request

URL_VARIABLE = "METROPOLIS_WEBHOOK_URL"
# Where people open the Dagster UI.
UI_VARIABLE = "METROPOLIS_UI_URL"
_UI = "http://127.0.0.1:3000"
TIMEOUT_SECONDS = 10
_LONGEST = 2_000


def run_url(run_id: str) -> str:
    """The page of a run in the UI."""
    return f"{os.environ.get(UI_VARIABLE, _UI).rstrip('/')}/runs/{run_id}"


def notify(title: str, text: str, **facts: str | int) -> bool:
    """Posts a notice as JSON {"title", "text", further facts}; False where no webhook is configured.

    Chat systems and mail gateways take it as it is or through a small template of theirs. Raises OSError
    where the webhook cannot be reached, so that Dagster shows the missed notice.
    """
    url = os.environ.get(URL_VARIABLE)
    if not url:
        return False
    body = json.dumps({"title": title, "text": text[:_LONGEST], **facts}).encode("utf-8")
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        return True
