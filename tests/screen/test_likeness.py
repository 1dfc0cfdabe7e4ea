"""Laws of weak evidence: silence excludes only a report that reads unlike those that meet the criteria."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.screen import criteria as criteria_files
from winnow.screen import likeness
from winnow.screen.verdicts import reconsidered, verdicts

NEAR = [
    "joint", "pain", "swelling", "stiffness", "knee", "walking", "cartilage", "flare", "rheumatology", "function",
    "mobility", "synovitis", "erosion", "morning", "tenderness", "inflammation", "disability", "hand", "grip", "score",
]  # fmt: skip
FAR = [
    "harvest", "soil", "wheat", "tractor", "rainfall", "farmer", "yield", "fertiliser", "irrigation", "market",
    "price", "season", "crop", "drought", "grain", "storage", "export", "machine", "labour", "plough",
]  # fmt: skip
DRUG: dict[str, Any] = {"id": "drug", "met": ["wonderdrug"], "absent": "not met"}


def told(words: list[str], seed: int, *more: str) -> str:
    """An abstract that draws some words on a stock, more or fewer."""
    drawn = random.Random(seed).sample(words, 4 + seed % 10)
    return " ".join(
        [
            "The people who took part in the study over two years were seen by us every month and asked at each visit about",
            " and ".join(drawn),
            *more,
            "by the team with care.",
        ]
    )


def table(*rows: dict[str, str], size: int = 240) -> pd.DataFrame:
    """Many reports about the drug in joints, as many about farming, and the rows given."""
    meeting = [
        {"record_id": f"m{n:03d}", "title": "Joints", "abstract": told(NEAR, n, "and wonderdrug was given")}
        for n in range(size // 2)
    ]
    others = [
        {"record_id": f"o{n:03d}", "title": "Fields", "abstract": told(FAR, n)} for n in range(size - len(meeting))
    ]
    return pd.DataFrame([*meeting, *others, *rows]).fillna("")


def criteria(*items: dict[str, Any]) -> criteria_files.Criteria:
    return criteria_files._built({"criteria": list(items)}, "made up", {}, frozenset(criteria_files.builtins()))


def judged(records: pd.DataFrame, *items: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Verdict and rule of the last criterion by report."""
    found = verdicts(records, criteria(*items))
    found = found[found["criterion"] == items[-1]["id"]]
    return {
        name: (verdict, rule)
        for name, verdict, rule in zip(found["report_id"], found["verdict"], found["rule"], strict=True)
    }


SILENT = "absent: the text has no wonderdrug"
ALIKE = {"record_id": "x1", "title": "Knees", "abstract": told(NEAR, 909, "while a compound of ours was given")}
UNLIKE = {"record_id": "x2", "title": "Wheat", "abstract": told(FAR, 909)}


def test_silence_excludes_what_reads_unlike_and_nothing_else() -> None:
    """A synonym that the criteria lack excludes nobody who writes about the subject; the doubt names the words it rests on."""
    found = judged(table(ALIKE, UNLIKE), DRUG)
    assert found["x2"] == ("not met", SILENT)
    verdict, rule = found["x1"]
    assert verdict == "unclear"
    assert rule.startswith(f"{SILENT}, but {likeness.ALIKE} (")
    assert set(rule.split("(")[1].rstrip(")").split(", ")) <= {*NEAR, "the", "was", "given", "while", "joints", "knees"}


def test_a_doubted_verdict_keeps_its_place_and_quote() -> None:
    """What was found is still shown: the quote is the text between its offsets. Silence has a field, and nothing to quote."""
    against = {"id": "people", "not_met": [{"any": "compound", "in": ["abstract"]}]}
    found = verdicts(table(ALIKE), criteria(DRUG, against)).set_index(["report_id", "criterion"]).loc["x1"]
    place = ["field", "quote", "start", "end"]
    assert found.loc["drug", place].tolist() == ["abstract", "", "", ""]
    field, quote, start, end = found.loc["people", place]
    assert field == "abstract" and "compound" in quote
    assert ALIKE["abstract"][int(start) : int(end)] == quote


def test_a_title_stands_however_the_report_reads() -> None:
    """Evidence in the title, a publication type or a heading is strong: likeness is not asked."""
    for row in ({"title": "Knees of mice"}, {"publication_types": "Editorial"}, {"mesh": "Editorials as Topic"}):
        against = {
            "id": "kind",
            "not_met": ["mice", {"publication_types": "Editorial"}, {"mesh": "Editorials as Topic"}],
        }
        assert judged(table({**ALIKE, **row}), DRUG, against)["x1"][0] == "not met"


@pytest.mark.parametrize("decisive", [True, False])
def test_a_word_of_the_abstract_is_weak_unless_it_was_called_decisive(decisive: bool) -> None:
    """A word in the abstract alone excludes only what reads unlike, or what the protocol says it decides."""
    against = {"id": "people", "not_met": [{"any": "compound", "in": ["abstract"], "decisive": decisive}]}
    assert judged(table(ALIKE), DRUG, against)["x1"][0] == ("not met" if decisive else "unclear")


def test_the_silence_of_a_built_in_classifier_is_weak_too() -> None:
    """`use: randomised_trial` without any sign of a trial is silence, doubted like any other."""
    found = judged(
        table(ALIKE, UNLIKE), {"id": "drug", "met": ["wonderdrug"]}, {"id": "design", "use": "randomised_trial"}
    )
    assert found["x1"][0] == "unclear"
    assert ", but " in found["x1"][1]


@pytest.mark.parametrize(("meeting", "verdict"), [(49, "unclear"), (50, "not met")])
def test_one_in_fifty_takes_fifty(meeting: int, verdict: str) -> None:
    """Law: beside forty-nine reports that meet the criteria the least alike is one in fifty, itself counted: not fewer."""
    records = table(UNLIKE)
    dropped = [f"m{n:03d}" for n in range(meeting, 120)]
    records.loc[records["record_id"].isin(dropped), "abstract"] = ""
    assert judged(records, DRUG)["x2"][0] == verdict


def test_criteria_that_hardly_anything_meets_exclude_nothing_by_silence() -> None:
    """A misspelt phrase leaves everything open instead of excluding everything."""
    found = judged(table(ALIKE, UNLIKE), {"id": "drug", "met": ["wonderdrugg"], "absent": "not met"})
    assert set(found.values()) == {("unclear", f"absent: the text has no wonderdrugg, but {likeness.TOO_FEW}")}


def test_a_small_table_has_nothing_to_compare_with() -> None:
    """Below fifty reports silence counts by itself."""
    found = judged(table(ALIKE, UNLIKE, size=likeness.SMALL - 3), DRUG)
    assert found["x1"] == found["x2"] == ("not met", SILENT)


WITHOUT = [word for word in FAR if word != "fertiliser"]
HINTED: dict[str, Any] = {**DRUG, "hints": ["dairy", "analgesic", "fertiliser*"]}
ONLY_A_HINT = "hint: the text has no wonderdrug, only a hint"


def test_a_hint_leaves_silence_open_unless_the_report_reads_quite_unlike() -> None:
    """Where only a hint stands, silence excludes a report on something else and nothing near the subject; the hint is the quote."""
    near = {**ALIKE, "abstract": ALIKE["abstract"].replace("a compound of ours", "an analgesic")}
    far = {**UNLIKE, "abstract": f"{told(WITHOUT, 5)} Dairy cows were kept. Nothing else."}
    found = verdicts(table(near, far), criteria(HINTED)).set_index("report_id")
    verdict, rule, field, quote, start, end = found.loc["x2"].tolist()[1:]
    assert (verdict, rule, field, quote) == ("not met", ONLY_A_HINT, "abstract", "Dairy cows were kept.")
    assert far["abstract"][int(start) : int(end)] == quote
    verdict, rule, field, quote, *_ = found.loc["x1"].tolist()[1:]
    assert verdict == "unclear" and rule.startswith(f"{ONLY_A_HINT}, but {likeness.ALIKE} (")
    assert "analgesic" in quote


def test_a_hint_never_excludes_more_than_silence_would() -> None:
    """Law: a phrase put under `hints` may only spare reports."""
    records = table(ALIKE, UNLIKE)
    plain, hinted = judged(records, DRUG), judged(records, HINTED)
    assert {name for name, found in hinted.items() if found[0] == "not met"} <= {
        name for name, found in plain.items() if found[0] == "not met"
    }
    assert any(found[1].startswith("hint") for found in hinted.values())


@pytest.mark.parametrize(
    ("records", "protocol", "why"),
    [
        (table(UNLIKE, size=likeness.SMALL - 3), HINTED, likeness.TOO_SMALL),
        (table(UNLIKE), {**HINTED, "met": ["wonderdrugg"]}, likeness.TOO_FEW),
        (table(UNLIKE, size=198), HINTED, likeness.TOO_FEW),
    ],
)
def test_without_reports_to_compare_with_a_hint_leaves_everything_open(
    records: pd.DataFrame, protocol: dict[str, Any], why: str
) -> None:
    """In a small table, or where fewer than a hundred reports meet the criteria, a hint still breaks the silence."""
    records = records.assign(abstract=[f"{text} An analgesic was mentioned." for text in records["abstract"]])
    found = judged(records, protocol)["x2"]
    assert found[0] == "unclear" and found[1].startswith("hint: ") and found[1].endswith(why)


def test_a_hint_is_no_reason_where_another_criterion_excludes() -> None:
    """What a title says against a report leaves the criterion that has a hint unclear, so the reason stays the one that is said."""
    row = {**ALIKE, "title": "Knees of mice", "abstract": f"{ALIKE['abstract']} An analgesic was given."}
    found = verdicts(table(row), criteria(HINTED, {"id": "people", "not_met": ["mice"]}))
    assert found[found["report_id"] == "x1"]["verdict"].tolist() == ["unclear", "not met"]


def test_built_in_classifiers_each_stand_for_themselves() -> None:
    """A set of classifiers is no protocol: what one says depends on that report alone."""
    records = table(ALIKE, UNLIKE)
    designs = criteria_files.load("builtin:designs")
    alone = pd.concat([verdicts(records.iloc[[n]], designs) for n in range(len(records))])
    both = [
        frame.sort_values(["report_id", "criterion"], ignore_index=True)
        for frame in (alone, verdicts(records, designs))
    ]
    pd.testing.assert_frame_equal(*both)


@given(st.permutations(range(244)))
def test_the_order_of_the_table_does_not_matter(order: list[int]) -> None:
    """Same reports, same verdicts, same bytes."""
    records = table(
        ALIKE, UNLIKE, {"record_id": "x3"}, {"record_id": "x4", "title": "膝关节", "abstract": "观察膝关节疼痛" * 12}
    )
    protocol = criteria({**HINTED, "met": ["wonderdrug", "丙种球蛋白"]})
    pd.testing.assert_frame_equal(verdicts(records.iloc[order], protocol), verdicts(records, protocol))


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_never_excludes_less(one: float, other: float) -> None:
    """The reports held back shrink as the share grows: at 0 all of them, and the trade-off is monotonous."""
    records = table(ALIKE, UNLIKE)
    protocol = criteria(DRUG)
    rows = [[("drug", "met" if "wonder" in text else "not met", SILENT, "abstract")] for text in records["abstract"]]
    low, high = sorted((one, other))
    held = [
        {
            n
            for n, (row,) in enumerate(likeness.weighed(rows, records["abstract"], protocol, share))
            if row[1] == "unclear"
        }
        for share in (0.0, low, high)
    ]
    assert held[0] >= held[1] >= held[2]
    assert held[0] == {n for n, row in enumerate(rows) if row[0][1] == "not met"}


@given(st.integers(0, 2**20), st.sampled_from([(), ("drug",), ("drug", "adults")]))
def test_verdicts_of_some_reports_follow_from_those_of_all(chosen: int, anew: tuple[str, ...]) -> None:
    """Law: reconsidered for any reports of a table, the verdicts are those that these reports alone would have been given."""
    adults = {"id": "adults", "not_met": [{"any": ["tractor"], "in": ["abstract"]}]}
    reports, protocol = table(ALIKE, UNLIKE), criteria(HINTED, adults)
    some = reports[[bool(chosen >> n % 21 & 1) for n in range(len(reports))]]
    today = verdicts(reports, protocol).to_dict("records")
    assert reconsidered(some, today, protocol, anew).equals(verdicts(some, protocol))
