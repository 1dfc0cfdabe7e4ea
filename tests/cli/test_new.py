"""``winnow new`` writes a review that passes its own check, whole or not at all, and never over anything."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from winnow import review
from winnow.cli import main
from winnow.cli.new import skeleton
from winnow.decisions.kinds import KINDS
from winnow.extract import form, suggest
from winnow.screen.fulltext import supplied


@pytest.mark.parametrize(
    "title", ["A plain title", 'IVIG: "quoted" #1', "静脉注射免疫球蛋白治疗皮肌炎", "it's {title} \\ here"]
)
def test_a_new_review_passes_check_under_any_title(
    title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is written is a review: check finds no fault, and the title comes through sign by sign."""
    folder = tmp_path / "deep" / "review"
    assert main(["new", str(folder), "--title", title]) == 0
    monkeypatch.chdir(folder)
    capsys.readouterr()
    assert main(["check"]) == 0
    assert capsys.readouterr().err == ""
    assert review.load().title == title
    assert (folder / ".gitignore").is_file()


def test_the_title_is_the_folders_name_by_default(tmp_path: Path) -> None:
    """A review without a title is called after its folder."""
    assert main(["new", str(tmp_path / "my-review")]) == 0
    assert review.load([tmp_path / "my-review/config/config.yaml"], tmp_path / "my-review").title == "my-review"


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds anything is left as it is, with one line that says so; an empty one is filled."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert main(["new", str(tmp_path / "full")]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "is there already" in error
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.txt"]
    (tmp_path / "empty").mkdir()
    assert main(["new", str(tmp_path / "empty")]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "full"]


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback, nothing half-written."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["new", str(tmp_path / "file" / "review")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the last step fails, neither the folder nor a piece of it is there."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "move", full)
    assert main(["new", str(tmp_path / "review")]) == 1
    assert list(tmp_path.iterdir()) == []


def test_every_file_says_what_it_is(tmp_path: Path) -> None:
    """Each plan of the skeleton begins with a comment for its reader, and no placeholder is left."""
    for name, content in skeleton("A title").items():
        text = content.decode("utf-8")
        assert "{title}" not in text
        if name.endswith(".yaml"):
            assert text.startswith("# "), name


def test_the_skeletons_strategy_can_be_sent(tmp_path: Path) -> None:
    """The example strategy is one that the search would run: no finding, the humans filter word for word."""
    from winnow.search import lint, strategy

    path = tmp_path / "pubmed.txt"
    path.write_bytes(skeleton("A title")["config/strategy/pubmed.txt"])
    assert list(lint.findings(strategy.load(path))) == []
    assert "NOT (animals[mh] NOT humans[mh])" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("A randomised trial of kettles", "randomised trial"),
        ("水壶治疗的随机对照研究", "randomised trial"),
        ("Kettles: a non-randomised trial", "controlled trial"),
        ("Kettles: a prospective study", "prospective"),
        ("A retrospective study of kettles", "retrospective"),
        ("Kettles: a case series", "case series"),
    ],
)
def test_the_skeletons_form_takes_the_designs_that_are_found(title: str, design: str, tmp_path: Path) -> None:
    """What the extractor calls a design is a word of the form; else no trial would ever be suggested as one."""
    assert main(["new", str(tmp_path / "review")]) == 0
    asked = form.load(tmp_path / "review" / "config" / "extraction.yaml")
    rows = suggest.suggest(asked, suggest.passages({"title": title}))
    assert [row["value"] for row in rows if row["field"] == "design"] == [design]


def test_the_headers_of_the_ledgers_are_there_to_be_copied() -> None:
    """Whoever types a ledger by hand finds its header, column by column, where the ledgers will stand."""
    said = skeleton("A title")["decisions/README.md"].decode("utf-8")
    for kind in KINDS.values():
        if kind.path.startswith("decisions/"):
            name = kind.path.removeprefix("decisions/").replace("*", "NAME")
            assert f"| `{name}` | `{','.join(kind.columns)}` |" in said


def test_an_example_filed_as_a_strategy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An export that is filed with the skeleton's strategy is filed, with a note; with one of its own, without."""
    folder = tmp_path / "review"
    assert main(["new", str(folder)]) == 0
    monkeypatch.chdir(folder)
    config = folder / "config/config.yaml"
    config.write_text(config.read_text("utf-8").replace("[pubmed] ", "[pubmed, cnki] "), encoding="utf-8")
    export = "RT Journal Article\nT1 茶壶的观察\nA1 王某\nJF 茶壶杂志\nYR 2001\nLA 中文\n\n"
    (folder / "export.txt").write_text(export, encoding="utf-8")
    words = ["add", "2026-original", "cnki", "export.txt", "--hits", "1", "--date", "2026-01-02"]
    assert main(words) == 0
    assert "cnki/strategy.txt is still the example" in capsys.readouterr().err
    shutil.rmtree(folder / "searches/2026-original")
    (folder / "config/strategy/cnki.txt").write_text("TKA=('茶壶')\n", encoding="utf-8")
    assert main(words) == 0
    assert capsys.readouterr().err == ""


def test_git_leaves_out_what_a_review_must_not_publish() -> None:
    """Full texts are under others' copyright, and half-finished downloads are nobody's: a new review's git sees neither."""
    ignored = skeleton("A title")[".gitignore"].decode("utf-8").splitlines()
    assert {f"{supplied.FOLDER}/", "*.partial/", "results/**/*.sqlite"} <= set(ignored)
