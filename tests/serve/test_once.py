"""What is said once is written once: two pages, two programs, a double click, a page sent again because its answer was lost."""

from __future__ import annotations

import html
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from small_review import made
from winnow import tables
from winnow.decisions import ledger
from winnow.decisions.kinds import KINDS
from winnow.review import Review
from winnow.screen import stage

WINNOW = [sys.executable, "-m", "winnow"]
FIRST = {"stage": "title_abstract", "report": "pubmed:1", "decision": "include", "basis": "title", "previous": ""}
SOUGHT = {"stage": "retrieval", "report": "pubmed:1", "status": "obtained", "obtained_from": "library", "previous": ""}
PAIR = {"stage": "duplicates", "report": "cnki:aaa", "other": "pubmed:4", "ruling": "different", "previous": ""}
#: Where a form goes, the form, and what it says if the person thinks again.
FORMS = [
    ("/decide", FIRST, {"decision": "exclude:about_teapots"}),
    ("/retrieve", SOUGHT, {"status": "not_retrieved", "reason": "no copy", "obtained_from": ""}),
    ("/rule", PAIR, {"ruling": "same"}),
]
LEDGERS = {"/decide": "screening", "/retrieve": "retrieval", "/rule": "duplicates"}


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@dataclass
class Window:
    """A page of a process of its own, as a browser sees it."""

    here: str
    cookies: dict[str, str]

    def post(self, path: str, form: dict[str, str]) -> requests.Response:
        return self._asked("POST", path, data=form, headers={"Origin": self.here}, allow_redirects=False)

    def get(self, path: str) -> str:
        return html.unescape(self._asked("GET", path).text)

    def _asked(self, method: str, path: str, **more: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, self.here + path, cookies=self.cookies, timeout=60, **more)


@contextmanager
def window(review: Review) -> Iterator[Window]:
    command = [*WINNOW, "serve", "--reviewer", "wang", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(), cwd=review.root) as process:
        assert process.stdout is not None
        try:
            here, token = process.stdout.readline().split("Open ")[1].strip().split("/?token=")
            yield Window(here, {f"winnow-{here.rsplit(':', 1)[1]}": token})
        finally:
            process.kill()


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Review, Window, Window]]:
    """Two pages of one reviewer, each in its own process, over reports to screen, to seek and to compare."""
    review = made(tmp_path_factory.mktemp("review"))
    pair = {"record_id_1": "cnki:aaa", "record_id_2": "pubmed:4", "verdict": "possible", "evidence": "same year"}
    tables.write_rows(review.result("deduplicate", "pairs.csv"), [pair], tables.PAIRS)
    stage.run(review)
    with window(review) as one, window(review) as other:
        yield review, one, other


@pytest.fixture
def review(desks: tuple[Review, Window, Window]) -> Review:
    """The review of the pages, with nothing decided: ledgers are their only state."""
    shutil.rmtree(desks[0].decisions, ignore_errors=True)
    return desks[0]


@pytest.fixture
def two_windows(desks: tuple[Review, Window, Window], review: Review) -> tuple[Window, Window]:
    """The pages."""
    return desks[1:]


def rows(review: Review, kind: str) -> tuple[dict[str, str], ...]:
    one = ledger.read(review.root / KINDS[kind].path.replace("*", "wang"), KINDS[kind])
    assert one.verify() == []
    return one.rows


def test_two_pages_at_once_write_each_thing_once(two_windows: tuple[Window, Window], review: Review) -> None:
    """The same form from two processes, several times at once: one row, and every sender is led on.

    Then two forms that contradict each other, both made from the page that showed that row: one is written, the other refused.
    """
    for path, form, otherwise in FORMS:
        with ThreadPoolExecutor(6) as hands:
            sent = [hands.submit(two_windows[n % 2].post, path, form) for n in range(6)]
        answers = [one.result() for one in sent]
        assert [one.status_code for one in answers] == [303] * 6, path
        assert sum("recorded=already" in one.headers["location"] for one in answers) == 5
        (row,) = rows(review, LEDGERS[path])
        again = {"stage": form["stage"], "report": form["report"], "other": form.get("other", "")}
        page = two_windows[0].get(f"/item?{urlencode(again)}")
        shown = re.search(r'name="previous" value="([0-9a-f]*)"', page)
        assert shown and shown.group(1) == row["seal"]
        changed = [
            form | otherwise | {"previous": row["seal"], "note": f"window {n}", "obtained_from": ""} for n in (0, 1)
        ]
        if path == "/retrieve":
            changed[1] |= {"reason": "lost"}
        with ThreadPoolExecutor(2) as hands:
            answers = list(hands.map(Window.post, two_windows, (path, path), changed))
        assert sorted(answer.status_code for answer in answers) == [303, 409], path
        assert len(rows(review, LEDGERS[path])) == 2


def test_a_page_sent_again_because_its_answer_was_lost_writes_nothing(
    two_windows: tuple[Window, Window], review: Review
) -> None:
    """The browser hangs up before the answer comes; sending the form again is told that it is recorded, whatever came first."""
    one, _ = two_windows
    for path, form, _ in FORMS:
        body, host = urlencode(form), one.here.removeprefix("http://")
        ((cookie, token),) = one.cookies.items()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {one.here}\r\nCookie: {cookie}={token}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", int(host.rsplit(":", 1)[1]))) as line:
            line.sendall((head + body).encode())
        assert [one.post(path, form).status_code for _ in range(2)] == [303, 303]
        assert len(rows(review, LEDGERS[path])) == 1
    assert "was recorded already" in one.get("/?recorded=already") and "was recorded already" not in one.get("/")


def test_undoing_twice_writes_once(two_windows: tuple[Window, Window], review: Review) -> None:
    """Undo in both windows: what is decided first stands, the same again is recorded already, and anything else is refused."""
    one, other = two_windows
    one.post("/decide", FIRST)
    (first,) = rows(review, "screening")
    assert all(f'name="previous" value="{first["seal"]}"' in each.get("/undo") for each in two_windows)
    undone = FIRST | {"decision": "unclear", "previous": first["seal"]}
    assert [each.post("/decide", undone).status_code for each in (one, other, one)] == [303] * 3
    refused = other.post("/decide", undone | {"decision": "exclude"})
    assert refused.status_code == 409 and "/item?stage=title_abstract&report=pubmed%3A1" in html.unescape(refused.text)
    assert [row["decision"] for row in rows(review, "screening")] == ["include", "unclear"]


def test_the_page_and_the_command_line_at_once(two_windows: tuple[Window, Window], review: Review) -> None:
    """Two pages and two programs say the same at the same time: one row, no fault, and who came later is told so."""
    command = [*WINNOW, "decide", "1", "include", "--basis", "title", "--reviewer", "wang", "--stage", "title_abstract"]
    programs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(), cwd=review.root)
        for _ in range(2)
    ]
    codes = [each.post("/decide", FIRST).status_code for each in two_windows]
    said = [program.communicate(timeout=60)[0] for program in programs]
    assert codes == [303, 303] and [program.returncode for program in programs] == [0, 0]
    assert len(rows(review, "screening")) == 1
    assert sum("already recorded; nothing was written" in line for line in said) >= 1
