"""Chinese records among themselves and against English ones."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest

from winnow import tables
from winnow.deduplicate import chinese, core

DISEASES = [
    "皮肌炎",
    "高血压脑出血",
    "糖尿病肾病",
    "慢性阻塞性肺疾病",
    "急性胰腺炎",
    "类风湿关节炎",
    "肝硬化腹水",
    "小儿肺炎",
    "胃溃疡",
    "冠心病心绞痛",
]
TREATMENTS = [
    "静脉注射免疫球蛋白治疗",
    "中西医结合治疗",
    "针灸治疗",
    "糖皮质激素治疗",
    "腹腔镜手术治疗",
    "丹参注射液治疗",
    "综合护理干预",
    "甲氨蝶呤治疗",
]
GROUPS = ["老年", "成人", "儿童", "重症", "难治性"]
ENDINGS = ["32例临床分析", "32例疗效观察", "32例护理体会", "32例报告", "32例的体会"]


def test_two_thousand_unrelated_chinese_titles_stay_apart() -> None:
    """Law: titles made of the same words with equal numbers, year, volume, issue, pages and journal are all different documents."""
    titles = ["".join(parts) for parts in itertools.product(TREATMENTS, GROUPS, DISEASES, ENDINGS)]
    assert len(titles) == len(set(titles)) == 2000
    for journal in ("", "某省医药杂志"):
        rows = {"title": titles, "year": "2005", "volume": "12", "issue": "3", "pages": "45-46", "journal": journal}
        records = pd.DataFrame({"record_id": [f"cnki:{place:04d}" for place in range(len(titles))], **rows})
        found = core.deduplicate(records)
        assert found.reports["report_id"].nunique() == 2000
        assert "same" not in set(found.pairs["verdict"])


@pytest.mark.parametrize(
    ("han", "latin", "fits"),
    [
        ("王晓伟", "Wang XW", True),
        ("王晓伟", "Xiao-wei WANG", True),
        ("王晓伟", "Wang, Xiaowei", True),
        ("王晓伟", "Xiaowei Wang", True),
        ("王晓伟", "Wang X", True),
        ("王晓伟", "Wang Y", False),
        ("王晓伟", "Zhang XW", False),
        ("曾庆华", "Zeng Qinghua", True),
        ("曾庆华", "Ceng Qinghua", False),
        ("单丽", "Shan L", True),
        ("吕娜", "Lyu Na", True),
        ("吕娜", "Lv N", True),
        ("欧阳明", "Ouyang Ming", True),
        ("解放", "Xie Fang", True),
        ("重阳", "", False),
    ],
)
def test_a_name_and_its_spelling(han: str, latin: str, fits: bool) -> None:
    """Law: surnames are read by the table, given names in any reading, initials in order, either name first."""
    assert chinese.same_person(han, latin) is fits


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("中华风湿病学杂志", "Zhonghua Feng Shi Bing Xue Za Zhi", "same"),
        ("中华风湿病学杂志", "Chinese Journal of Rheumatology", "same"),
        ("中华风湿病学杂志", "Zhonghua Er Ke Za Zhi", "different"),
        ("中华风湿病学杂志", "The Lancet", "unknown"),
        ("北京大学学报(医学版)", "Beijing Da Xue Xue Bao Yi Xue Ban", "same"),
        ("中華內科雜誌", "中华内科杂志", "same"),
        ("中华内科杂志", "中华外科杂志", "different"),
        ("Lancet", "The Lancet", ""),
    ],
)
def test_a_journal_and_its_other_name(one: str, other: str, says: str) -> None:
    """Law: a Chinese journal is its pinyin, its listed English names, or cannot be told from an English name."""
    assert chinese.same_journal(one, other) == says == chinese.same_journal(other, one)


def test_numbers_are_read_in_every_language() -> None:
    """Law: sample sizes and percentages count, years and single digits do not."""
    assert (
        chinese.shared_numbers("患者87例，治疗组45例，有效率91.1%，2009年", "87 patients, 45 treated, 91.1%, in 2009")
        == 3
    )
    assert chinese.shared_numbers("随访3年", "followed for 3 years") == 0


@pytest.mark.slow
def test_real_bilingual_pairs(shared: Path) -> None:
    """Law: at least nine in ten real pairs are same or possible, with DOI and without; no cross pair is same."""
    pairs = tables.read(shared / "data" / "bilingual_pairs" / "bilingual_pairs.csv")
    for hidden in ("", "doi"):
        rows = []
        for pair in pairs.to_dict("records"):
            place = {name: pair[name] for name in ("issn", "year", "volume", "issue", "pages", "doi") if name != hidden}
            zh = {"record_id": f"zh:{pair['pair_id']}", "title": pair["zh_title"], "authors": pair["zh_authors"]}
            en = {"record_id": f"en:{pair['pair_id']}", "title": pair["en_title"], "authors": pair["en_authors"]}
            rows += [zh | place | {"journal": pair["zh_journal"]}, en | place | {"journal": pair["en_or_ta_journal"]}]
        judged = core.deduplicate(pd.DataFrame(rows).fillna("")).pairs
        own = [one[3:] == two[3:] for one, two in zip(judged["record_id_1"], judged["record_id_2"], strict=True)]
        found = judged[own]["verdict"].isin(["same", "possible"]).sum()
        assert found >= 0.9 * len(pairs)
        assert "same" not in set(judged[[not one for one in own]]["verdict"])


@pytest.mark.slow
def test_random_cross_pairs_in_one_place_are_never_same(shared: Path) -> None:
    """Law: a Chinese record and the English record of another article stay apart even if their coordinates were equal."""
    pairs = tables.read(shared / "data" / "bilingual_pairs" / "bilingual_pairs.csv")
    for shift in (1, 5, 11):
        rows = []
        for place, pair in enumerate(pairs.to_dict("records")):
            other = pairs.iloc[(place + shift) % len(pairs)]
            where = {name: pair[name] for name in ("issn", "year", "volume", "issue", "pages")}
            zh = {"record_id": f"zh:{place}", "title": pair["zh_title"], "authors": pair["zh_authors"]}
            en = {"record_id": f"en:{place}", "title": other["en_title"], "authors": other["en_authors"]}
            rows += [zh | where | {"journal": pair["zh_journal"]}, en | where | {"journal": other["en_or_ta_journal"]}]
        judged = core.deduplicate(pd.DataFrame(rows).fillna("")).pairs
        crossing = judged[judged["record_id_1"].str[:2] != judged["record_id_2"].str[:2]]
        assert "same" not in set(crossing["verdict"])
