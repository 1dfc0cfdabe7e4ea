"""What goes wrong around the page: a full disk, a browser that goes away, a record that changes under one of two readers."""

from __future__ import annotations

import html
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from page_visit import Visit
from winnow.review import Review
from winnow.serve.serving import Serving

Serve = Callable[..., Serving]
Write = Callable[..., Path]


def test_a_full_disk_is_a_line_on_the_page_and_writes_nothing(
    small_review: Review, serve: Serve, session: requests.Session, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """What the system refuses is said where the person looks, no traceback anywhere; once there is room, it can be written."""
    visit = Visit(serve(), session)
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        answer = visit.decide("pubmed:1", "include")
    assert answer.status_code == 500 and "wang.csv: No space left on device" in html.unescape(answer.text)
    assert not (small_review.decisions / "screening" / "wang.csv").exists()
    assert visit.decide("pubmed:1", "include").status_code == 200 and "4 left" not in visit.get("/")
    assert "Traceback" not in "".join(capfd.readouterr())


def full(handle: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_browser_that_goes_away_in_the_middle_of_a_form_writes_nothing(
    small_review: Review, serve: Serve, session: requests.Session, capfd: pytest.CaptureFixture[str]
) -> None:
    """Half a form may be a whole one to look at; it is not taken for what the person meant, and no traceback is shown."""
    visit = Visit(serve(), session)
    form = b"stage=title_abstract&report=pubmed:1&previous=&basis=title&decision=include&note=not+this+one"
    host = visit.here.removeprefix("http://")
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
    head = f"POST /decide HTTP/1.1\r\nHost: {host}\r\nOrigin: {visit.here}\r\nCookie: {cookie}\r\nContent-Length: {len(form)}"
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2]))) as wire:
        wire.sendall(f"{head}\r\n\r\n".encode() + form[:-10])
        wire.shutdown(socket.SHUT_WR)
        assert wire.recv(100) == b""
    assert "4 left" in visit.get("/")
    assert not (small_review.decisions / "screening" / "wang.csv").exists()
    assert "Traceback" not in "".join(capfd.readouterr())


def test_that_somebody_else_decided_is_not_told_by_what_is_stale(
    small_review: Review, serve: Serve, session: requests.Session, write_ledger: Write
) -> None:
    """A record changed since the first reader decided it: the second, who has not decided, learns nothing of that."""
    old = "0-0-0-0"
    write_ledger("screening", {"id": "1", "decision": "include", "fingerprint": old}, reviewer="li")
    changed = "The record changed after it was decided"
    assert changed not in Visit(serve(), session).get("/item?stage=title_abstract&report=pubmed:1")
    write_ledger("screening", {"id": "1", "decision": "include", "fingerprint": old})
    assert changed in Visit(serve(), session).get("/item?stage=title_abstract&report=pubmed:1")
