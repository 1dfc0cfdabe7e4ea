"""Crossref's notices (retractions, corrections, expressions of concern) about a work, by DOI.

``works?filter=updates:DOI`` lists the records of editorial updates to a DOI; each says in ``update-to`` what kind of update it is.
Source: Crossref REST API documentation, works filters. ``WINNOW_CROSSREF_URL`` (ending in ``/``) names another server.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from winnow.search.conversation import Broken, Failure, Request
from winnow.search.rate import Rate
from winnow.search.receiving import received

CROSSREF = "https://api.crossref.org/"
INTERVAL = 0.2
LONGEST_ANSWER = 2 << 20
#: Crossref's update types that are notices of ours, in our words; others (addendum, new_version ...) keep their own.
TYPES = {
    "retraction": "retracted in",
    "partial_retraction": "partially retracted in",
    "withdrawal": "retracted in",
    "removal": "retracted in",
    "correction": "erratum in",
    "corrigendum": "erratum in",
    "erratum": "erratum in",
    "expression_of_concern": "expression of concern in",
    "expression-of-concern": "expression of concern in",
}


def request(doi: str, name: str) -> Request:
    """The question for one DOI."""
    return Request(
        "works", {"filter": f"updates:{doi}", "rows": "100", "select": "DOI,update-to"}, name, f"Crossref on {doi}", 1
    )


def askable(doi: str) -> bool:
    """Whether the filter can name this DOI: a comma would begin another filter."""
    return bool(doi) and "," not in doi


def notices(body: bytes, doi: str) -> list[str]:
    """The notices about a DOI, sorted, in the words of the records table (``retracted in doi:10...``).

    Raises:
        Broken: no answer of Crossref's.
    """
    try:
        message = json.loads(body)["message"]
        items = message["items"]
        found = {
            f"{TYPES.get(str(update['type']), str(update['type']) + ' in')} doi:{str(item['DOI']).lower()}"
            for item in items
            for update in item.get("update-to", ())
            if str(update["DOI"]).lower() == doi.lower()
        }
        if len(items) != min(int(message["total-results"]), 100):
            raise Broken(f"{message['total-results']} updates are stated, {len(items)} listed")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Broken("the answer is not Crossref's JSON") from None
    return sorted(found)


class CrossrefTransport:
    """Answers requests by asking Crossref."""

    def __init__(self, environment: Mapping[str, str] = os.environ, timeout: float = 60.0) -> None:
        import requests
        from urllib3.exceptions import HTTPError

        self.base_url = environment.get("WINNOW_CROSSREF_URL") or CROSSREF
        self.timeout = timeout
        self.rate = Rate(INTERVAL, Path(tempfile.gettempdir()) / f"winnow-crossref-{os.getuid()}.next")
        self._mailto = environment.get("NCBI_EMAIL", "").strip()
        self._failures: Any = (requests.RequestException, HTTPError)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "winnow"

    def send(self, request: Request) -> bytes | Failure:
        """The answer's bytes, or why there are none; the e-mail address appears in no message."""
        self.rate.wait()
        parameters = dict(request.parameters) | ({"mailto": self._mailto} if self._mailto else {})
        try:
            with self._session.get(
                self.base_url + request.utility, params=parameters, timeout=self.timeout, stream=True, allow_redirects=False
            ) as answer:  # fmt: skip
                if answer.status_code != 200:
                    passing = answer.status_code in {408, 429} or answer.status_code >= 500
                    pause = answer.headers.get("Retry-After", "")
                    return Failure(
                        f"HTTP {answer.status_code}",
                        pause=float(pause) if pause.isdecimal() else 0.0,
                        final=not passing,
                    )
                return received(partial(answer.raw.read1, decode_content=True), LONGEST_ANSWER, 5 * self.timeout)
        except self._failures as error:
            return Failure(f"no connection ({type(error).__name__})")
