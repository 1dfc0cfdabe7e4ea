"""``index.html``: the whole review in one file that asks nothing of any network.

Jinja2 fills the template with everything escaped; reports and lists travel as JSON (:mod:`winnow.report.carrying`) and are shown by
DataTables, which comes with the dependency itables.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from importlib import resources

from winnow import __version__, package_data, reuse
from winnow.report import carrying, documents, page_data
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
    parts = list(documents.parts(evidence.merged, story))
    store = partial(reuse.kept, review, "documents", "report")
    data = carrying.carried(page_data.payload(evidence, flow, story), parts, store)
    return environment.from_string(_template("page.html.jinja")).render(
        notes=notes,
        question=str(review.settings["review"].get("question", "")),
        diagram=Markup(svg(picture, lambda key: f"#list={key}")),
        identities=flow.identities,
        beside=_beside(flow, names(flow, evidence.plan.criteria)),
        has_open=bool(story.to_decide),
        told=told,
        version=__version__,
        data_type=data.media_type,
        data=Markup(data.data),
        font_face=Markup(web_font({*data.signs, *notes.title, *repr(told)})),
        css=Markup(_template("page.css")),
        js=Markup(_template("page.js")),
        datatables_css=Markup(_component("dt_bundle.css")),
        datatables_js=Markup(_component("dt_bundle.js")),
    )


#: Boxes whose parts the diagram's notes count.
_SPLIT = ("records_excluded", "read_for_screening", "read_for_eligibility")


def _beside(flow: Flow, names: Mapping[str, str]) -> list[dict[str, object]]:
    """The lists behind the numbers that stand in the diagram's notes."""
    named = [key for key in BESIDE if key not in _SPLIT and not key.endswith(("_specific_results", "_included"))]
    shown = [flow.boxes[key] for key in named if flow.n(key)]
    shown += [part for key in _SPLIT for part in flow.boxes[key].parts]
    return [{"key": box.key, "label": names[box.key], "n": box.n} for box in shown]


def _template(name: str) -> str:
    return package_data.text(f"report/templates/{name}")


@cache
def _component(name: str) -> str:
    """A file of DataTables as itables ships it, for use inside ``<script>`` or ``<style>``."""
    text = resources.files("itables").joinpath("html", name).read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script").replace("</style", "<\\/style")
