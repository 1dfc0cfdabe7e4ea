"""The page's addresses. Everything it writes goes through the desk; every request has passed the guard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from winnow import package_data
from winnow.decisions.kinds import BASES, STAGES
from winnow.errors import UsageError, WinnowError, shown
from winnow.report import typeface
from winnow.screen.deciding import Overtaken, Written
from winnow.screen.worklist import DUPLICATES
from winnow.serve.desk import Desk
from winnow.serve.items import Item, Key, key_of
from winnow.serve.shown import FIELDS, compared, pieces
from winnow.serve.words import LANGUAGES, words

#: A form is a few fields and a note; anything longer is not from this page.
LONGEST_FORM = 100_000
#: The list shows so many rows; the rest is counted.
LONGEST_LIST = 500
STATIC = {"page.css": "text/css; charset=utf-8", "keys.js": "text/javascript; charset=utf-8"}
#: Chinese is legible on a machine without a Chinese font: the page serves the one that the diagrams are drawn with.
FONT = "chinese.otf"

#: What is put to the address that a form leads to, if what it said was recorded already.
REPEATED: Mapping[str, str] = {"recorded": "already"}
NOTHING: Mapping[str, str] = {}


class Page:
    """The screening page of one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.templates = Environment(
            loader=PackageLoader("winnow.serve"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @property
    def app(self) -> Starlette:
        """The application, without its guard."""
        return Starlette(
            routes=[
                Route("/", self.start),
                Route("/item", self.show),
                Route("/undo", self.undo),
                Route("/list", self.listing),
                Route("/language", self.language),
                Route("/decide", self.decide, methods=["POST"]),
                Route("/rule", self.rule, methods=["POST"]),
                Route("/retrieve", self.retrieve, methods=["POST"]),
                Route("/static/{name}", self.static),
            ],
            exception_handlers={WinnowError: self.fault, OSError: self.refused, ClientDisconnect: _gone},
        )

    async def start(self, request: Request) -> Response:
        """The first item that waits, or that nothing does."""
        queue = await run_in_threadpool(self.desk.queue)
        if queue:
            return RedirectResponse(_item_address(key_of(queue[0]), _repeated(request)), 303)
        return await self._rendered(request, "done.html", {})

    async def show(self, request: Request) -> Response:
        """One item."""
        return await self._item(request, _key(request.query_params))

    async def undo(self, request: Request) -> Response:
        """The reviewer's last decision, or the one ``n`` before it, to be decided again."""
        back = request.query_params.get("n", "0")
        history = await run_in_threadpool(self.desk.history)
        place = _number(back)
        if place >= len(history):
            return RedirectResponse("/", 303)
        return await self._item(request, history[place].key, back=place + 1)

    async def listing(self, request: Request) -> Response:
        """What waits for this person."""
        queue = await run_in_threadpool(self.desk.queue)
        rows = [{**row, "address": _item_address(key_of(row))} for row in queue[:LONGEST_LIST]]
        return await self._rendered(request, "list.html", {"rows": rows, "more": max(0, len(queue) - LONGEST_LIST)})

    async def language(self, request: Request) -> Response:
        """The same page in the other language."""
        response = RedirectResponse(_inside(request.query_params.get("back", "/")), 303)
        chosen = request.query_params.get("to", "en")
        response.set_cookie("language", chosen if chosen in LANGUAGES else "en", samesite="strict", max_age=31_536_000)
        return response

    async def static(self, request: Request) -> Response:
        """The style, the keys and the font."""
        name = request.path_params["name"]
        if name == FONT:
            return FileResponse(typeface.han(), media_type="font/otf", headers={"cache-control": "max-age=86400"})
        if name not in STATIC:
            return Response(status_code=404)
        content = package_data.content(f"serve/static/{name}")
        return Response(content, headers={"content-type": STATIC[name]})

    async def decide(self, request: Request) -> Response:
        """A decision at title and abstract or at full text."""
        form = await _form(request)
        decision, criterion = form.get("decision", ""), ""
        if decision.startswith("exclude:"):
            decision, _, criterion = decision.partition(":")
        key = _key(form)

        def write() -> Written:
            basis, note = form.get("basis", ""), form.get("note", "")
            return self.desk.decide(key, decision, criterion, basis, note, form.get("previous", ""))

        return await self._written(request, form, write)

    async def rule(self, request: Request) -> Response:
        """A ruling on two records that may be one document."""
        form = await _form(request)

        def write() -> Written:
            ruling, note = form.get("ruling", ""), form.get("note", "")
            return self.desk.rule(_key(form), ruling, note, form.get("previous", ""))

        return await self._written(request, form, write)

    async def retrieve(self, request: Request) -> Response:
        """Where a full text is, or that it could not be had."""
        form = await _form(request)

        def write() -> Written:
            status, reason, source = form.get("status", ""), form.get("reason", ""), form.get("obtained_from", "")
            return self.desk.retrieve(_key(form), status, reason, source, form.get("previous", ""))

        return await self._written(request, form, write)

    async def fault(self, request: Request, error: Exception) -> Response:
        """What is wrong, as the command line would say it."""
        line = error.line if isinstance(error, WinnowError) else ""
        return await self._rendered(request, "fault.html", {"fault": line, "again": ""}, status=422)

    async def refused(self, request: Request, error: Exception) -> Response:
        """What the system refuses, a full disk say; nothing was written then."""
        line = f"{getattr(error, 'filename', '') or ''}: {getattr(error, 'strerror', '') or error}".removeprefix(": ")
        return await self._rendered(request, "fault.html", {"fault": shown(line), "again": ""}, status=500)

    async def _written(self, request: Request, form: Mapping[str, str], write: Callable[[], Written]) -> Response:
        """Write, then go on; a fault is shown, and nothing was written then. What stood already is gone on from, and said so.

        The list has been put in order anew by then: what had been passed over stands above the place of what was decided, and
        the best of the rest at that place.
        """
        try:
            written = await run_in_threadpool(write)
        except Overtaken:
            again = _item_address(_key(form))
            return await self._rendered(request, "fault.html", {"fault": "", "again": again}, status=409)
        queue = await run_in_threadpool(self.desk.queue)
        place = _number(form.get("place", ""))
        following = next((row for row in queue[place:] if key_of(row) != _key(form)), None)
        said = {} if written.new else REPEATED
        if following is None:
            return RedirectResponse(f"/?{urlencode(said)}" if said else "/", 303)
        return RedirectResponse(_item_address(key_of(following), said), 303)

    async def _item(self, request: Request, key: Key, back: int = 0) -> Response:
        item = await run_in_threadpool(self.desk.item, key)
        queue = await run_in_threadpool(self.desk.queue)
        if item is None:
            return RedirectResponse("/", 303)
        places = [key_of(row) for row in queue]
        at = places.index(key) if key in places else -1
        asked = self.desk.asked
        context = {
            "item": item,
            "record": item.record,
            "left": len(queue),
            "next": _item_address(places[at + 1]) if at + 1 < len(places) else "",
            "previous": _item_address(places[at - 1]) if at > 0 else "",
            "place": max(0, at),
            "title": pieces("title", item.record.get("title", ""), item.verdicts, asked),
            "fields": [
                (name, pieces(name, item.record[name], item.verdicts, asked))
                for name in FIELDS
                if item.record.get(name)
            ],
            "evidence": [row for row in item.verdicts if row["field"] or row["verdict"] != "unclear"],
            "labels": self.desk.labels,
            "asked": asked,
            "criteria": self.desk.criteria,
            "bases": BASES,
            "basis": _basis(item),
            "compared": compared(item.record, item.other),
            "back": back,
            "needs_reason": key.stage == "full_text",
        }
        name = (
            "duplicates.html" if key.stage == DUPLICATES else "item.html" if key.stage in STAGES else "retrieval.html"
        )
        return await self._rendered(request, name, context)

    async def _rendered(self, request: Request, name: str, context: Mapping[str, Any], status: int = 200) -> Response:
        said = request.cookies.get("language", "") or request.headers.get("accept-language", "")[:2]
        language = said if said in LANGUAGES else "en"
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        try:
            history = await run_in_threadpool(self.desk.history)
        except (WinnowError, OSError):
            history = []
        html = self.templates.get_template(name).render(
            w=words(language),
            lang=LANGUAGES[language],
            switch=urlencode(
                {"to": "zh" if language == "en" else "en", "back": here if request.method == "GET" else "/"}
            ),
            desk=self.desk,
            repeated=bool(_repeated(request)),
            last=history[0] if history else None,
            last_title=self.desk.reports.reports[history[0].key.report].get("title", "") if history else "",
            **context,
        )
        return HTMLResponse(html, status)


async def _gone(request: Request, error: Exception) -> Response:
    """The browser went away in the middle of a form: nobody reads the answer, and nothing was written."""
    return Response(status_code=400)


def _basis(item: Item) -> str:
    """What is taken to have been read unless the reviewer says otherwise."""
    if item.said and item.said.basis in BASES:
        return item.said.basis
    if item.key.stage == "full_text":
        return "full text"
    return "abstract" if item.record.get("abstract") else "title"


def _key(said: Mapping[str, str]) -> Key:
    return Key(said.get("stage", ""), said.get("report", ""), said.get("other", ""))


def _item_address(key: Key, said: Mapping[str, str] = NOTHING) -> str:
    return f"/item?{urlencode({**key.query, **said})}"


def _repeated(request: Request) -> Mapping[str, str]:
    """What an address says after a form that held nothing new."""
    return REPEATED if request.query_params.get("recorded") == REPEATED["recorded"] else NOTHING


def _number(said: str) -> int:
    """A place in a list; what is none, or is longer than any list, is the first."""
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _inside(address: str) -> str:
    """An address of this page, or its start: a link must not lead away."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form, each once.

    Raises:
        UsageError: the form is too long.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise UsageError(f"the form is longer than {LONGEST_FORM} bytes", mend="shorten the note")
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}
