"""Notices of failures and refusals, to a webhook.

Here belongs who is told and what. A notice names the run, the step and the sentence of the error; errors of
this project hold no personal data.
"""

from __future__ import annotations

import json
import os
import urllib.request

URL_VARIABLE = "METROPOLIS_WEBHOOK_URL"
TIMEOUT_SECONDS = 10
_LONGEST = 2_000


def notify(title: str, text: str) -> bool:
    """Posts a notice as JSON {"title", "text"}; False where no webhook is configured.

    Chat systems and mail gateways take it as it is or through a small template of theirs. Raises OSError
    where the webhook cannot be reached, so that Dagster shows the missed notice.
    """
    url = os.environ.get(URL_VARIABLE)
    if not url:
        return False
    body = json.dumps({"title": title, "text": text[:_LONGEST]}).encode("utf-8")
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        return True
