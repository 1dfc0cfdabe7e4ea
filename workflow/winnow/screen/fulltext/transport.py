"""Asking the services over HTTP: one try each, a limit of time and size, the rate kept, no redirect, no secret in any message."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from winnow.errors import ConfigError
from winnow.screen.fulltext.services import SERVICES, UNKNOWN
from winnow.search.conversation import Failure, Request
from winnow.search.rate import Rate

TIMEOUT = 60.0
#: The longest full text that is kept.
LONGEST_ANSWER = 64 << 20
_PASSING = frozenset((408, 425, 429))
_BLOCK = 64 << 10


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
        self._requests: Any = requests
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
        except (self._requests.RequestException, OSError) as error:
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
        body = bytearray()
        end = time.monotonic() + 5 * self.timeout
        for block in answer.iter_content(_BLOCK):
            body += block
            if len(body) > LONGEST_ANSWER:
                return Failure(f"the answer is longer than {LONGEST_ANSWER >> 20} MB", final=True)
            if time.monotonic() > end:
                return Failure("the answer took too long")
        if self.contact and self.contact.encode() in body:
            return Failure("the answer repeats the e-mail address, so it cannot be filed", final=True)
        return bytes(body)
