"""A visit to the screening page by one person, without a browser."""

from __future__ import annotations

import html
import re

import requests

from winnow.serve.serving import Serving


class Visit:
    """A visit to the page by one person, without a browser."""

    def __init__(self, serving: Serving, session: requests.Session) -> None:
        self.here, self.session = f"http://127.0.0.1:{serving.port}", session
        session.get(serving.address)

    def get(self, path: str) -> str:
        return html.unescape(self.session.get(self.here + path).text)

    def post(self, path: str, **form: str) -> requests.Response:
        return self.session.post(self.here + path, data=form, headers={"Origin": self.here})

    def decide(self, report: str, decision: str, stage: str = "title_abstract", **more: str) -> requests.Response:
        page = self.get(f"/item?stage={stage}&report={report}")
        found = re.search(r'name="previous" value="([0-9a-f]*)"', page)
        previous = found.group(1) if found else ""
        form = {"stage": stage, "report": report, "decision": decision, "basis": "title", "previous": previous}
        return self.post("/decide", **(form | more))
