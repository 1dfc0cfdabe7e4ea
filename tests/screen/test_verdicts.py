"""Laws of verdicts and proposals: evidence before exclusion, protocol order, nothing lost, the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from winnow import tables
from winnow.cli import main
from winnow.errors import WinnowError
from winnow.screen import criteria as criteria_files
from winnow.screen import state
from winnow.screen import verdicts as rules
from winnow.screen.compare import changes, sensitivity
from winnow.screen.proposals import proposals
from winnow.screen.verdicts import verdicts
from winnow.wording.documents import Batch

ABSTRACT = (
    "We followed forty people with a chronic illness of the joints for two years and recorded how they walked, how they slept "
    "and what they were treated with. Most of them improved by the end of the second year and none was lost to follow-up."
)


def criteria(*items: dict[str, Any]) -> criteria_files.Criteria:
    return criteria_files._built({"criteria": list(items)}, "made up", {}, frozenset(criteria_files.builtins()))


def judged(row: dict[str, str], *items: dict[str, Any]) -> dict[str, tuple[str, str]]:
    table = verdicts(pd.DataFrame([{"record_id": "r1", **row}]), criteria(*items))
    return {
        name: (verdict, rule)
        for name, verdict, rule in zip(table["criterion"], table["verdict"], table["rule"], strict=True)
    }


DRUG = {"id": "drug", "met": ["IVIG", "丙种球蛋白"], "absent": "not met"}


def test_no_abstract_never_means_excluded() -> None:
    """Absence counts only in a report with an abstract; with a title alone the criterion stays open."""
    assert judged({"title": "Joints", "abstract": ""}, DRUG)["drug"] == ("unclear", "no evidence")
    assert judged({"title": "Joints", "abstract": "Short."}, DRUG)["drug"] == ("unclear", "no evidence")
    assert judged({"title": "Joints", "abstract": ABSTRACT}, DRUG)["drug"][0] == "not met"


@pytest.mark.parametrize(
    ("phrases", "hints", "words"),
    [
        (["IVIG"], [], "the text has no IVIG"),
        (["IVIG"], ["immun*"], "the text has no IVIG or immun*"),
        (["a1", "b2", "c3", "d4", "e5"], [], "the text has no a1; b2; c3; d4 or e5"),
        (["a1", "b2", "c3", "d4"], ["e5", "f6"], "the text has no a1; b2; c3; d4 or any of 2 more phrases"),
    ],
)
def test_silence_says_what_was_looked_for(phrases: list[str], hints: list[str], words: str) -> None:
    """A verdict by silence rests on the abstract, quotes nothing, and names what it asked for, the criterion's own words first."""
    item = {"id": "drug", "met": [{"any": phrases}], "absent": "not met", **({"hints": hints} if hints else {})}
    row = {"record_id": "r1", "title": "Joints", "abstract": ABSTRACT}
    found = verdicts(pd.DataFrame([row]), criteria(item)).iloc[0]
    assert found["rule"] == f"absent: {words}"
    assert found[["field", "quote", "start", "end"]].tolist() == ["abstract", "", "", ""]
    assert proposals(verdicts(pd.DataFrame([row]), criteria(item)), criteria(item))["evidence"].tolist() == [
        found["rule"]
    ]


def test_absence_is_not_the_default() -> None:
    """Without `absent: not met` silence leaves a criterion open."""
    assert judged({"title": "Joints", "abstract": ABSTRACT}, {"id": "drug", "met": ["IVIG"]})["drug"][0] == "unclear"


def test_a_denied_mention_breaks_the_silence() -> None:
    """A report that speaks of the drug only to deny it is neither met nor excluded by absence."""
    assert judged({"title": "Joints", "abstract": ABSTRACT + " IVIG was not given."}, DRUG)["drug"][0] == "unclear"


def test_absence_needs_a_language_that_the_criterion_speaks() -> None:
    """A Chinese abstract is not silent because it lacks English phrases, and a French one neither."""
    chinese = (
        "目的观察关节疾病患者的长期疗效。方法对四十例患者随访两年，记录其步行和睡眠情况以及所用药物。"
        "结果大多数患者在第二年末好转，无一例失访，未见严重不良反应。"
    )
    french = (
        "Nous avons suivi quarante malades pendant deux ans et noté leur marche, leur sommeil et leurs médicaments "
        "sans perdre de vue un seul patient à la fin."
    )
    english_only = {"id": "drug", "met": ["IVIG"], "absent": "not met"}
    assert judged({"title": "关节", "abstract": chinese}, english_only)["drug"][0] == "unclear"
    assert judged({"title": "关节", "abstract": chinese}, DRUG)["drug"][0] == "not met"
    assert judged({"title": "Articulations", "abstract": french}, english_only)["drug"][0] == "unclear"


def test_evidence_on_both_sides_goes_forward_unless_one_is_decisive() -> None:
    """Signals for and against leave a criterion unclear; a decisive one wins."""
    both = {"title": "Adults and children with arthritis"}
    item: dict[str, Any] = {"id": "adults", "met": ["adults"], "not_met": [{"any": "children", "in": ["title"]}]}
    assert judged(both, item)["adults"][0] == "unclear"
    item["not_met"][0]["decisive"] = True
    assert judged(both, item)["adults"][0] == "not met"


def test_against_looks_in_the_title_only_unless_told_otherwise() -> None:
    """A word of the abstract alone never speaks against a criterion by default."""
    item = {"id": "humans", "not_met": ["mice"]}
    assert judged({"title": "Joints", "abstract": "As in mice, " + ABSTRACT}, item)["humans"][0] == "unclear"
    assert judged({"title": "Joints of mice", "abstract": ABSTRACT}, item)["humans"][0] == "not met"


def test_the_first_criterion_not_met_is_the_reason() -> None:
    """One primary reason in protocol order; the criterion that may exclude on its own is named apart."""
    protocol = criteria(
        {"id": "a", "met": ["arthritis"]},
        {"id": "b", "not_met": ["mice"], "may_exclude": False},
        {"id": "c", "not_met": ["children"]},
    )
    records = pd.DataFrame(
        [
            {"record_id": "r2", "title": "Arthritis of children and mice"},
            {"record_id": "r1", "title": "Arthritis"},
            {"record_id": "r3", "title": "Arthritis of mice"},
        ]
    )
    table = proposals(verdicts(records, protocol), protocol).set_index("report_id")
    assert list(table.index) == ["r1", "r2", "r3"]
    assert tuple(table.loc["r2", ["proposal", "reason", "automatic"]]) == ("exclude", "b", "c")
    assert tuple(table.loc["r3", ["proposal", "reason", "automatic"]]) == ("exclude", "b", "")
    assert tuple(table.loc["r1", ["proposal", "reason", "automatic"]]) == ("unclear", "", "")


def test_include_needs_every_criterion() -> None:
    """The rules propose include only where every criterion of title and abstract is met."""
    protocol = criteria({"id": "a", "met": ["arthritis"]}, {"id": "b", "stage": "full_text"})
    records = pd.DataFrame([{"record_id": "r1", "title": "Arthritis"}, {"record_id": "r2", "title": "Asthma"}])
    assert list(proposals(verdicts(records, protocol), protocol)["proposal"]) == ["include", "unclear"]


def test_every_report_gets_every_verdict_and_other_columns_do_not_matter(tmp_path: Path) -> None:
    """One row per report and criterion; ids are opaque, a lone title column is enough, people's notes are not read."""
    records = pd.DataFrame(
        {"record_id": ["=1+1", "cnki:x", "NA"], "title": ["IVIG", "", "None"], "digest": ["IVIG"] * 3}
    )
    tables.write(tmp_path / "records.csv", records)
    (tmp_path / "c.yaml").write_text(yaml.safe_dump({"criteria": [DRUG, {"id": "b", "met": ["x"]}]}), encoding="utf-8")
    out = tmp_path / "verdicts.csv"
    assert main(["screen", str(tmp_path / "records.csv"), "--criteria", str(tmp_path / "c.yaml"), "-o", str(out)]) == 0
    table = tables.read(out, needs=tables.VERDICTS)
    assert sorted(table["report_id"]) == sorted(["=1+1", "cnki:x", "NA"] * 2)
    assert list(table[table["verdict"] == "met"]["report_id"]) == ["=1+1"]
    first = out.read_bytes()
    assert main(["screen", str(tmp_path / "records.csv"), "--criteria", str(tmp_path / "c.yaml"), "-o", str(out)]) == 0
    assert out.read_bytes() == first


def test_a_text_that_comes_again_is_judged_once_and_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each record has its own verdicts, those that it would have alone; equal texts cost one judgement."""
    texts = ["IVIG in joints", "Joints", "IVIG in joints", "", "Joints"]
    table = pd.DataFrame({"record_id": list("edcba"), "title": texts, "abstract": ABSTRACT})
    alone = pd.concat([verdicts(table.iloc[[row]], criteria(DRUG)) for row in range(5)]).sort_values("report_id")
    read: list[str] = []

    def batch(rows: Sequence[dict[str, str]]) -> Batch:
        read.extend(row["title"] for row in rows)
        return Batch(rows)

    monkeypatch.setattr(rules, "Batch", batch)
    assert verdicts(table, criteria(DRUG)).to_csv(index=False) == alone.to_csv(index=False)
    assert read == ["IVIG in joints", "Joints", ""]


def test_long_texts_are_searched_in_smaller_lots_and_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more characters are searched together than memory is meant for, a longer text alone; no lot changes a verdict."""
    texts = ["IVIG", "IVIG " * 100, "Joints", "", "Joints " * 300, *(f"IVIG {number}" for number in range(40))]
    table = pd.DataFrame({"record_id": [f"{number:02}" for number in range(len(texts))], "abstract": texts})
    whole = verdicts(table, criteria(DRUG))
    lots: list[list[int]] = []

    def batch(rows: Sequence[dict[str, str]]) -> Batch:
        lots.append([len(row["abstract"]) for row in rows])
        return Batch(rows)

    monkeypatch.setattr(rules, "Batch", batch)
    monkeypatch.setattr(rules, "_CHARACTERS", 500)
    monkeypatch.setattr(rules, "_TOGETHER", 30)
    assert verdicts(table, criteria(DRUG)).equals(whole)
    assert sum(map(len, lots)) == len(texts)
    assert all(len(lot) == 1 or (sum(lot) <= 500 and len(lot) <= 30) for lot in lots), lots


def test_reports_that_lack_the_same_verdicts_are_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is judged anew is judged in one lot for all reports, not report by report, which costs twelve times as much."""
    table = pd.DataFrame({"record_id": list("abcd"), "title": ["IVIG", "Joints", "Mice", "IVIG in mice"]})
    protocol = criteria(DRUG, {"id": "animal", "not_met": ["mice"]})
    found = verdicts(table, protocol).to_dict("records")
    lots = []

    def batch(rows: Sequence[dict[str, str]]) -> Batch:
        lots.append(len(rows))
        return Batch(rows)

    monkeypatch.setattr(rules, "Batch", batch)
    again = rules.reconsidered(table, found[2:], protocol, ["drug"])
    assert again.equals(pd.DataFrame(found, dtype=str))
    assert sorted(lots) == [1, 3]  # of the first report nothing is known


def test_what_if_lists_what_changes_and_why() -> None:
    """A comparison names each report whose proposal or reason differs, with both sides' evidence and the criteria at issue."""
    records = pd.DataFrame([{"record_id": "r1", "title": "Mice"}, {"record_id": "r2", "title": "Men"}])
    before, after = criteria({"id": "a", "not_met": ["mice"]}), criteria({"id": "a", "not_met": ["men"]})
    table = changes(records, before, after)
    assert list(table["report_id"]) == ["r1", "r2"]
    assert tuple(table.loc[0, ["before", "after", "criteria_changed"]]) == (
        "exclude",
        "unclear",
        "a: not met -> unclear",
    )
    assert changes(records, before, before).empty


def test_sensitivity_counts_what_hangs_on_one_criterion_alone() -> None:
    """A report that fails two criteria hangs on neither alone."""
    protocol = criteria({"id": "a", "not_met": ["mice"]}, {"id": "b", "not_met": ["child"]})
    records = pd.DataFrame([{"record_id": "r1", "title": "Mice"}, {"record_id": "r2", "title": "Mice and a child"}])
    table = sensitivity(verdicts(records, protocol), protocol)
    assert table[["criterion", "not_met", "primary_reason", "only_reason", "reports"]].to_numpy().tolist() == [
        ["a", "2", "2", "1", "r1"],
        ["b", "1", "0", "0", ""],
    ]


FAULTS = [
    ("criteria:\n  - id: a\n    mett: []\n", r":3: unknown key 'mett'.*did you mean 'met'"),
    ("criteria:\n  - {id: a}\n  - {id: a}\n", r":3: criterion 'a' is given twice"),
    (
        "criteria:\n  - id: a\n    use: randomized\n",
        r":3: no built-in classifier 'randomized' - use one of .*randomised_trial",
    ),
    ("criteria:\n  - id: a\n    met:\n      - {any: x, mesh: y}\n", r":4: a signal needs exactly one of"),
    ("criteria:\n  - id: a\n    met:\n      - {mesh: y, times: 2}\n", r":4: 'times' says nothing about 'mesh'"),
    ("criteria:\n  - id: A b\n", r":2: "),
    ("", r"has no 'criteria'"),
]


@pytest.mark.parametrize(("text", "line"), FAULTS)
def test_a_fault_names_file_line_and_remedy(text: str, line: str, tmp_path: Path) -> None:
    """Whatever is wrong with a criteria file is one line that says where and how to mend it."""
    path = tmp_path / "criteria.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WinnowError) as caught:
        criteria_files.load(path)
    assert re.search(r"criteria\.yaml.*" + line, caught.value.line)


def test_the_bundled_criteria_load_in_protocol_order() -> None:
    """config/criteria.yaml has the six criteria of the protocol in its order, and the absence of words never decides the design."""
    protocol = criteria_files.load(Path(__file__).parents[2] / "config" / "criteria.yaml")
    assert protocol.ids == (
        "population_adult_pmdm", "intervention_ivig", "original_study", "not_single_case", "not_children_only", "not_ibm_only",
    )  # fmt: skip
    assert [c.absent for c in protocol][2:] == ["unclear"] * 4


def test_the_example_in_the_documentation_loads(tmp_path: Path) -> None:
    """The first block of docs/screening-criteria.md is a criteria file."""
    text = (Path(__file__).parents[2] / "docs" / "screening-criteria.md").read_text(encoding="utf-8")
    path = tmp_path / "criteria.yaml"
    path.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert criteria_files.load(path).ids == (
        "population_gout",
        "intervention_allopurinol",
        "people",
        "not_children_only",
        "randomised",
    )


def test_the_balance_is_told_by_record_id(tmp_path: Path) -> None:
    """Ranking looks reports up by record id, whatever other ids a table has."""
    path = tmp_path / "criteria.yaml"
    path.write_text(yaml.safe_dump({"criteria": [DRUG]}, allow_unicode=True), encoding="utf-8")
    table = pd.DataFrame([{"record_id": "a", "report_id": "z", "title": "IVIG", "abstract": ""}])
    assert rules.met(table, path) == {"a": 1}


def test_an_exclusion_by_silence_rests_on_the_abstract() -> None:
    """Where rules may exclude on their own, the decision names the field that its verdict stands on."""
    rows = [
        {"record_id": "r1", "title": "Joints", "abstract": ABSTRACT},
        {"record_id": "r2", "title": "Joints of mice"},
    ]
    protocol = criteria({"id": "humans", "not_met": ["mice"]}, DRUG)
    found = verdicts(pd.DataFrame(rows).fillna(""), protocol)
    excluded = state._excluded(tables.rows(proposals(found, protocol)), found)
    assert {name: (outcome.by, outcome.basis) for name, outcome in excluded.items()} == {
        "r1": ("rule:drug", "abstract"),
        "r2": ("rule:humans", "title"),
    }
