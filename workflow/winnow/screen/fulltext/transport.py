"""Asking the services over HTTP: one try each, a limit of time and size, the rate kept, no redirect, no secret in any message."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from winnow.errors import ConfigError
from winnow.screen.fulltext.services import SERVICES, UNKNOWN
from winnow.search.conversation import Failure, Request
from winnow.search.rate import Rate
from winnow.search.receiving import received

TIMEOUT = 60.0
#: The longest full text that is kept.
LONGEST_ANSWER = 64 << 20
_PASSING = frozenset((408, 425, 429))


class HttpTransport:
    """Answers requests by asking the services.

    Args:
        configured: the ``fulltext`` section of config.yaml.
        environment: ``NCBI_EMAIL`` is the contact address that the services ask for.

    Raises:
        ConfigError: an address that is none.
    """

    def __init__(self, configured: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> None:
        import requests
        from urllib3.exceptions import HTTPError

        self.base_urls = {name: service.base_url for name, service in SERVICES.items()} | configured.get("base_url", {})
        for name, url in self.base_urls.items():
            if not url.startswith(("https://", "http://")) or not url.endswith("/"):
                raise ConfigError(
                    f"'{url}' is not the address of a folder",
                    where=f"fulltext.base_url.{name}",
                    mend="http(s)://..., ending in '/'",
                )
        self.timeout = float(configured.get("timeout", TIMEOUT))
        self.contact = environment.get("NCBI_EMAIL", "").strip()
        folder = Path(tempfile.gettempdir())
        self._rates = {
            name: Rate(service.interval, folder / f"winnow-{name}-{os.getuid()}.next")
            for name, service in SERVICES.items()
        }
        self._failures: Any = (requests.RequestException, HTTPError, OSError)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"winnow (mailto:{self.contact})" if self.contact else "winnow"

    @property
    def hosts(self) -> dict[str, str]:
        """The services that stand elsewhere than usual."""
        return {name: url for name, url in sorted(self.base_urls.items()) if url != SERVICES[name].base_url}

    def send(self, request: Request) -> bytes | Failure:
        """The answer's bytes, or why there are none."""
        name, _, path = request.utility.partition("/")
        service = SERVICES[name]
        parameters = dict(request.parameters) | ({service.contact: self.contact} if self.contact else {})
        self._rates[name].wait()
        try:
            with self._session.get(
                self.base_urls[name] + path, params=parameters, timeout=self.timeout, stream=True, allow_redirects=False
            ) as answer:
                return self._read(answer)
        except self._failures as error:
            return Failure(f"no connection ({type(error).__name__})")

    def _read(self, answer: Any) -> bytes | Failure:
        if answer.status_code in (404, 410):
            return UNKNOWN
        if answer.status_code != 200:
            pause = answer.headers.get("Retry-After", "")
            return Failure(
                f"HTTP {answer.status_code}",
                pause=float(pause) if pause.isascii() and pause.isdigit() else 0.0,
                final=answer.status_code not in _PASSING and answer.status_code < 500,
            )
        body = received(partial(answer.raw.read1, decode_content=True), LONGEST_ANSWER, 5 * self.timeout)
        if isinstance(body, bytes) and self.contact and any(one in body for one in _spellings(self.contact)):
            return Failure("the answer repeats the e-mail address, so it cannot be filed", final=True)
        return body


def _spellings(address: str) -> list[bytes]:
    """An e-mail address as it stands in a text, an address, JSON and HTML."""
    return [address.replace("@", sign).encode() for sign in ("@", "%40", "\\u0040", "&#64;", "&#x40;")]
