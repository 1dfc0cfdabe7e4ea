"""``index.html``: the whole review in one file that asks nothing of any network.

Jinja2 fills the template with everything escaped; reports and lists travel as JSON and are shown by DataTables, which comes
with the dependency itables.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from winnow import __version__
from winnow.report import page_data
from winnow.report.evidence import Evidence
from winnow.report.flow import Flow
from winnow.report.form import BESIDE, names
from winnow.report.notes import Notes
from winnow.report.sections import sections
from winnow.report.shapes import Picture
from winnow.report.story import Story
from winnow.report.svg import svg
from winnow.report.typeface import web_font
from winnow.review import Review


def build(review: Review, evidence: Evidence, flow: Flow, notes: Notes, picture: Picture, story: Story) -> str:
    """The page as HTML text."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    told = sections(review)
    plain = json_for_html(page_data.payload(evidence, flow, story))
    data_type, data = carried(plain)
    return environment.from_string(_template("page.html.jinja")).render(
        notes=notes,
        question=str(review.settings["review"].get("question", "")),
        diagram=Markup(svg(picture, lambda key: f"#list={key}")),
        identities=flow.identities,
        beside=_beside(flow, names(flow, evidence.plan.criteria)),
        has_open=bool(story.to_decide),
        told=told,
        version=__version__,
        data_type=data_type,
        data=Markup(data),
        font_face=Markup(web_font(signs(plain) | {*notes.title, *repr(told)})),
        css=Markup(_template("page.css")),
        js=Markup(_template("page.js")),
        datatables_css=Markup(_component("dt_bundle.css")),
        datatables_js=Markup(_component("dt_bundle.js")),
    )


#: Up to so many characters the page's data are plain, to be read and searched in the file itself by whoever wishes.
PLAIN = 4_000_000

_ASCII = bytes(range(128))

#: Boxes whose parts the diagram's notes count.
_SPLIT = ("records_excluded", "read_for_screening", "read_for_eligibility")


def _beside(flow: Flow, names: Mapping[str, str]) -> list[dict[str, object]]:
    """The lists behind the numbers that stand in the diagram's notes."""
    named = [key for key in BESIDE if key not in _SPLIT and not key.endswith(("_specific_results", "_included"))]
    shown = [flow.boxes[key] for key in named if flow.n(key)]
    shown += [part for key in _SPLIT for part in flow.boxes[key].parts]
    return [{"key": box.key, "label": names[box.key], "n": box.n} for box in shown]


def json_for_html(value: Any) -> str:
    """JSON that no HTML parser can leave: ``<``, ``>`` and ``&`` are escaped, as are U+2028 and U+2029."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def signs(text: str) -> set[str]:
    """The characters of a text that are not ASCII, as most of a long one are."""
    return {*text.encode().translate(None, _ASCII).decode()}


def carried(plain: str) -> tuple[str, str]:
    """How the JSON travels: its media type, and itself or, beyond :data:`PLAIN`, its gzip as base64 (about a fifth)."""
    if len(plain) <= PLAIN:
        return "application/json", plain
    return "application/gzip", base64.b64encode(gzip.compress(plain.encode(), 6, mtime=0)).decode()


def _template(name: str) -> str:
    return resources.files("winnow.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _component(name: str) -> str:
    """A file of DataTables as itables ships it, for use inside ``<script>`` or ``<style>``."""
    text = resources.files("itables").joinpath("html", name).read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script").replace("</style", "<\\/style")
