"""Requests over Bio.Entrez: one try each, with a timeout, a limit of size, the rate kept, and no secret in any message.

Bio.Entrez builds the calls (POST for long terms and many ids; tool, e-mail and key added). Its own retries come without a pause
and without a timeout, and its addresses are fixed; so it is told to try once, and its ``urlopen`` is ours.
"""

from __future__ import annotations

import email.utils
import http.client
import importlib
import io
import os
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from winnow.errors import ConfigError
from winnow.search.conversation import Failure, Request
from winnow.search.rate import Rate, interval
from winnow.search.receiving import received

NCBI = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
#: No answer to our requests is nearly so long: 200 records of 20 KB are 4 MB.
LONGEST_ANSWER = 64 << 20
TIMEOUT = 30.0
#: The longest that one answer may trickle, in timeouts.
_PATIENCE = 10
_PASSING = frozenset((408, 425, 429))


@dataclass(frozen=True)
class Settings:
    """Where to ask, and as whom. The key never leaves this object but in a request; ``repr`` does not show it."""

    base_url: str = NCBI
    email: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    timeout: float = TIMEOUT

    @property
    def host(self) -> str | None:
        """The server's address if it is not NCBI's."""
        return None if self.base_url == NCBI else self.base_url

    def masked(self, text: str) -> str:
        """A text without the key and the e-mail address."""
        for secret in (self.api_key, self.email):
            if secret:
                text = text.replace(secret, "***")
        return text


def settings(configured: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """The ``entrez`` section of config.yaml, and the environment over it.

    Raises:
        ConfigError: an address that is none, or NCBI without an e-mail address.
    """
    base_url = environment.get("WINNOW_ENTREZ_URL") or str(configured.get("base_url") or NCBI)
    address = environment.get("NCBI_EMAIL", "").strip()
    if not base_url.startswith(("https://", "http://")) or not base_url.endswith("/"):
        raise ConfigError(
            f"'{base_url}' is not the address of a folder", where="entrez.base_url", mend="http(s)://..., ending in '/'"
        )
    if base_url == NCBI and "@" not in address:
        raise ConfigError(
            "NCBI wants to know whom to write to",
            where="NCBI_EMAIL",
            mend="export NCBI_EMAIL=you@example.org, and try again",
        )
    return Settings(
        base_url, address, environment.get("NCBI_API_KEY", "").strip(), float(configured.get("timeout", TIMEOUT))
    )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected answer is not the answer of the server that was asked."""

    def redirect_request(self, *_: Any) -> None:
        return None


class EntrezTransport:
    """Answers requests by asking the server of ``settings``."""

    def __init__(self, settings: Settings, rate: Rate | None = None) -> None:
        entrez: Any = importlib.import_module("Bio.Entrez")
        self.settings = settings
        self.rate = rate or Rate(interval(settings.api_key))
        self._opener = urllib.request.build_opener(_NoRedirect)
        self._entrez = entrez
        entrez.tool = "winnow"
        entrez.email = settings.email or None
        entrez.api_key = settings.api_key or None
        entrez.max_tries = 1
        entrez.urlopen = self._open

    def send(self, request: Request) -> bytes | Failure:
        """The answer's bytes, or why there are none."""
        self.rate.wait()
        self._entrez._open.previous = 0.0  # its own pause, for this process alone, would come on top of ours
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # Bio.Entrez warns about a missing e-mail address; settings() decides that
                handle = getattr(self._entrez, request.utility)(**request.parameters)
            return self._read(handle)
        except urllib.error.HTTPError as error:
            return self._refused(error)
        except urllib.error.URLError as error:
            return Failure(self.settings.masked(f"no connection ({error.reason})"))
        except (http.client.HTTPException, OSError) as error:
            return Failure(self.settings.masked(f"the connection broke ({type(error).__name__}: {error})"))

    def _open(self, request: urllib.request.Request) -> Any:
        request.full_url = self.settings.base_url + request.full_url.removeprefix(NCBI)
        request.add_header("User-Agent", "winnow")
        return self._opener.open(request, timeout=self.settings.timeout)

    def _read(self, handle: Any) -> bytes | Failure:
        stream = handle.detach() if isinstance(handle, io.TextIOWrapper) else handle
        with stream:
            body = received(stream.read1, LONGEST_ANSWER, _PATIENCE * self.settings.timeout)
            if isinstance(body, Failure):
                return body
            stated = stream.headers.get("Content-Length", "")
        if stated.isascii() and stated.isdigit() and int(stated) != len(body):
            return Failure(f"the answer was cut: {len(body)} of {stated} bytes")
        if self.settings.api_key and self.settings.api_key.encode() in body:
            return Failure("the answer repeats the API key, so it cannot be filed", final=True)
        return body

    def _refused(self, error: urllib.error.HTTPError) -> Failure:
        said = ""
        try:
            with error:
                said = " ".join(error.read(2000).decode("utf-8", "replace").split())[:200]
        except (http.client.HTTPException, OSError):
            pass
        reason = self.settings.masked(
            f"HTTP {error.code} {error.reason}" + (f" ({said})" if said and "<" not in said else "")
        )
        if error.code in _PASSING or error.code >= 500:
            return Failure(reason, pause=retry_after(error.headers.get("Retry-After", "")))
        return Failure(reason, final=True)


def retry_after(value: str) -> float:
    """Seconds that a Retry-After header asks for: a number, or a date; 0 if it says nothing that can be read."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0
