"""Who may talk to the page: whoever holds the token, on this machine, and no other site through the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from winnow.errors import UsageError
from winnow.review import Review
from winnow.serve.desk import Desk
from winnow.serve.serving import Serving, prepared

Serve = Callable[..., Serving]
FORM = {"stage": "title_abstract", "report": "pubmed:1", "decision": "include", "basis": "title"}


def base(serving: Serving) -> str:
    return f"http://127.0.0.1:{serving.port}"


def ledger(review: Review) -> Path:
    return review.decisions / "screening" / "wang.csv"


def test_without_the_token_nothing_is_shown_and_nothing_written(
    small_review: Review, serve: Serve, session: requests.Session
) -> None:
    """No token, a wrong one, or a wrong cookie: 403 everywhere, and a form does nothing."""
    here = base(serve())
    for path in (
        "/",
        "/?token=wrong",
        "/list",
        "/item?stage=title_abstract&report=pubmed:1",
        "/static/page.css",
        "/nowhere",
    ):
        assert session.get(here + path).status_code == 403
    origin = {"Origin": here, "Cookie": f"winnow-{here.rsplit(':', 1)[1]}=wrong"}
    assert session.post(here + "/decide", data=FORM, headers=origin).status_code == 403
    assert not ledger(small_review).exists()


def test_the_token_leaves_the_address_and_stays_in_a_cookie(serve: Serve, session: requests.Session) -> None:
    """The first visit ends at an address without the token; the cookie is out of reach of scripts and of other sites."""
    serving = serve()
    first = session.get(serving.address, allow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert "HttpOnly" in first.headers["set-cookie"] and "SameSite=Strict" in first.headers["set-cookie"]
    page = session.get(base(serving))
    assert page.status_code == 200 and serving.token not in page.url and serving.token not in page.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "", "LOCALHOST.evil.example"]
)
def test_another_name_for_this_machine_is_refused(serve: Serve, session: requests.Session, host: str) -> None:
    """A site whose name was rebound to 127.0.0.1 gets nothing, with or without the cookie."""
    serving = serve()
    session.get(serving.address)
    assert session.get(base(serving) + "/list", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {},
        {"Origin": "{here}", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_another_site_is_refused(
    small_review: Review, serve: Serve, session: requests.Session, headers: dict[str, str]
) -> None:
    """Even with the cookie, a form must come from this page."""
    serving = serve()
    session.get(serving.address)
    sent = {name: value.replace("{here}", base(serving)) for name, value in headers.items()}
    assert session.post(base(serving) + "/decide", data=FORM, headers=sent).status_code == 403
    assert not ledger(small_review).exists()
    assert session.post(base(serving) + "/decide", data=FORM, headers={"Origin": base(serving)}).status_code == 200
    assert ledger(small_review).exists()


def test_a_decision_cannot_be_had_by_a_link(small_review: Review, serve: Serve, session: requests.Session) -> None:
    """GET never writes."""
    serving = serve()
    session.get(serving.address)
    assert session.get(base(serving) + "/decide", params=FORM).status_code == 405
    assert not ledger(small_review).exists()


def test_every_answer_forbids_what_comes_from_outside(serve: Serve, session: requests.Session) -> None:
    """The policy stands on pages, files, refusals and what is not there."""
    serving = serve()
    answers = [session.get(base(serving) + "/list"), session.get(serving.address)]
    answers += [session.get(base(serving) + path) for path in ("/static/keys.js", "/nowhere", "/static/../app.py")]
    assert [answer.status_code for answer in answers] == [403, 200, 200, 404, 404]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_link_of_the_page_leads_away(serve: Serve, session: requests.Session, back: str) -> None:
    """Changing the language comes back to this page only."""
    serving = serve()
    session.get(serving.address)
    answer = session.get(base(serving) + "/language", params={"to": "zh", "back": back}, allow_redirects=False)
    assert answer.headers["location"] == "/"


def test_a_form_of_a_hundred_kilobytes_is_refused(
    small_review: Review, serve: Serve, session: requests.Session
) -> None:
    """A form longer than any of the page's writes nothing."""
    serving = serve()
    session.get(serving.address)
    form = FORM | {"note": "x" * 200_000}
    assert session.post(base(serving) + "/decide", data=form, headers={"Origin": base(serving)}).status_code == 422
    assert not ledger(small_review).exists()


def test_the_page_listens_on_this_machine_only_and_says_when_it_cannot(serve: Serve, small_review: Review) -> None:
    """127.0.0.1 and no other address; a port that is taken, or a name that may not decide, is one line."""
    serving = serve()
    assert serving.socket.getsockname()[0] == "127.0.0.1"
    with pytest.raises(UsageError, match=f"port {serving.port}"):
        prepared(serving.desk, serving.port)
    with pytest.raises(UsageError, match="not named"):
        Desk(small_review, "zhou")
    with pytest.raises(UsageError, match="no reviewer's name"):
        Desk(small_review, "../zhou", "adjudicator")
