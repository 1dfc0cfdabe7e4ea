"""Who may talk to the page: a browser on this machine that was given the token, and no page of another site through it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

#: Nothing from outside, no inline script or style, no frame around the page, forms only to itself.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """An ASGI application in front of another.

    Args:
        app: what answers once a request has been let in.
        token: the secret that the address on the terminal holds; a cookie carries it from then on.
        port: where the page is served; part of the only names that it answers to.
    """

    def __init__(self, app: Any, token: str, port: int) -> None:
        self.app, self.token, self.cookie = app, token.encode(), f"winnow-{port}"
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Let the request in, or answer 400 or 403."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if headers.get("host", "") not in self.hosts:
            await _answer(send, 400, "This page answers to 127.0.0.1 only.")
        elif scope["method"] in ("GET", "HEAD") and scope["path"] == "/" and self._is_token(given):
            # The token leaves the address at once, so that it stands in no history and no referrer.
            cookie = f"{self.cookie}={given}; Path=/; HttpOnly; SameSite=Strict"
            await _answer(send, 303, "", {"location": "/", "set-cookie": cookie})
        elif not self._is_token(self._kept(headers)):
            await _answer(send, 403, "Open the address that 'winnow serve' printed: it holds the key to this page.")
        elif scope["method"] not in ("GET", "HEAD") and not self._same_origin(headers):
            await _answer(send, 403, "This request came from another site.")
        else:
            await self.app(scope, receive, _with_headers(send))

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token)

    def _kept(self, headers: Mapping[str, str]) -> str:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return ""
        return morsel.value if morsel else ""

    def _same_origin(self, headers: Mapping[str, str]) -> bool:
        origin = headers.get("origin", "")
        return origin == f"http://{headers['host']}" and headers.get("sec-fetch-site", "same-origin") == "same-origin"


def _with_headers(send: Any) -> Any:
    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            own = list(message.get("headers", ()))
            said = {name for name, _ in own}
            extra = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in said]
            message = {**message, "headers": [*own, *extra]}
        await send(message)

    return sending


async def _answer(send: Any, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
    fields = {"content-type": "text/plain; charset=utf-8", **HEADERS, **(headers or {})}
    named = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": text.encode()})
