"""Chinese abstracts: made-up ones with gold values, and laws for what is easily misread.

``chinese_abstracts.yaml`` has two halves: on ``mending`` the rules were mended, ``blind`` was written before and only its counts
were looked at. The floors here are those of the blind half, a little lower than what was measured, for both.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from winnow.extract import form
from winnow.extract.extractors import EXTRACTORS
from winnow.extract.passage import Passage
from winnow.extract.suggest import passages, suggest

HERE = Path(__file__).parent
TRIAL = form.load("builtin:trial")
#: Field: the least precision and the least recall.
FLOORS = {
    "n_total": (0.97, 0.9), "n_arm": (0.95, 0.9), "design": (0.95, 0.9), "dose": (0.95, 0.95), "frequency": (0.95, 0.9),
    "duration": (0.95, 0.9), "percentage": (0.95, 0.9), "event_count": (0.95, 0.9), "age": (0.9, 0.9),
}  # fmt: skip


#: How many groups of ten a text may name, and what they come to.
MANY = {"2": "20", "两": "20", "二": "20", "三": "30", "四": "40", "五": "50", "六": "60"}


def scorer() -> ModuleType:
    """``benchmarks/chinese_abstracts.py``, so that what is measured and what is tested is one."""
    path = HERE.parents[1] / "benchmarks" / "chinese_abstracts.py"
    spec = importlib.util.spec_from_file_location("chinese_abstracts", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("half", ["mending", "blind"])
def test_chinese_is_read_as_well_as_measured(half: str) -> None:
    """Precision and recall of each field are no lower than their floors; sure totals are right, and most are sure."""
    benchmark = scorer()
    abstracts = benchmark.read(HERE / "chinese_abstracts.yaml", half)
    assert len(abstracts) >= 40
    scores = benchmark.score(abstracts)
    low = {
        name: (round(scores[name].precision, 3), round(scores[name].recall, 3))
        for name, (precision, recall) in FLOORS.items()
        if scores[name].precision < precision or scores[name].recall < recall
    }
    assert not low
    total = scores["n_total"]
    assert total.sure_right >= 0.97 * total.sure and total.sure >= 0.75 * total.said


def total(abstract: str, title: str = "") -> list[tuple[str, str, bool]]:
    """Number, rule and whether it is sure, of the total of a record."""
    rows = suggest(TRIAL, passages({"title": title, "abstract": abstract}))
    return [
        (row["value"], row["by"].split(":")[-1], float(row["confidence"]) >= 0.9)
        for row in rows
        if row["field"] == "n_total"
    ]


@pytest.mark.parametrize(
    ("abstract", "value", "rule", "sure"),
    [
        ("治疗组30例,对照组28例,两组具有可比性。", "58", "sum of groups", True),
        *((f"面瘫患者随机分为{many}组,每组10例。", total, "sum of groups", True) for many, total in MANY.items()),
        ("将60例患者随机分为两组,各30例。", "60", "stated, its groups add up", True),
        ("选取面瘫患者57人,男30人,女27人。", "57", "stated, its groups add up", True),
        ("面瘫患者84例,其中轻度30例,重度54例。", "84", "stated, its groups add up", True),
        ("筛选240例,符合标准的186例患者随机分为两组,每组93例。", "186", "stated, its groups add up", True),
        ("选取面瘫患者40例作为A组,另选同期面瘫患者42例,将其作为B组。", "82", "sum of groups", True),
        ("检测了40例面瘫患者和30例健康者的血清。", "70", "sum of groups", False),
        (
            "面瘫50例分3组,甲组17例(男9例,女8例),药物(口服)组15例(男10例,女5例),单用组18例(男8例,女10例)。",
            "50",
            "stated, its groups add up",
            True,
        ),
        ("对240例受试者(试验组160例,对照组80例)进行观察。", "240", "stated, its groups add up", True),
        ("收治面瘫病例60例,第1组31例,第2组29例。", "60", "stated, its groups add up", True),
        ("40例面瘫患者,试验组采用针刺治疗20例,对照组采用药物治疗20例。", "40", "stated, its groups add up", True),
        ("结果 共纳入7项研究,病例数1661例。", "1661", "stated", True),
        ("筛查患者163例,其中面瘫97例纳入本研究,女81例,男16例。", "97", "stated, its groups add up", True),
        ("選取顏面神經麻痺病人36位,隨機分派至實驗組(18位)及對照組(18位)。", "36", "stated, its groups add up", True),
    ],
)
def test_a_total_is_of_all_who_took_part(abstract: str, value: str, rule: str, sure: bool) -> None:
    """One group, one sex, a part, those screened: none is the total; a total that something adds up to is sure."""
    assert total(abstract) == [(value, rule, sure)]


@pytest.mark.parametrize(
    "abstract",
    [
        "本文综述了面瘫的治疗,既往研究的样本量多不足30例。",
        "将SD大鼠40只随机分为两组,每组20只。",
        "两名研究者独立检索文献,纳入12篇文献。",
        "采集12份标本,共24只眼。",
        "由2位医师评定疗效,3名护士记录。",
        "选取面瘫患者几十例进行分析。",
        "选取面瘫患者數百例进行分析。",
        "选取面瘫患者上百例进行分析。",
        "选取面瘫患者三四十例进行分析。",
        "选取面瘫患者卅六例进行分析。",
        "选取面瘫患者三分之一例进行分析。",
        "选取面瘫患者1 20例进行分析。",
        "本研究未选取60例面瘫患者。",
    ],
)
def test_no_number_of_people_is_no_total(abstract: str) -> None:
    """Animals, papers, samples, eyes, readers and what other studies had are nobody's number; a guess, a share, the end of a
    number and people who were not taken in are none either."""
    assert total(abstract) == []


@pytest.mark.parametrize(
    ("abstract", "number"),
    [
        ("选取面瘫患者二百零五例进行分析。", "205"),
        ("选取面瘫患者二〇五例进行分析。", "205"),
        ("病例总数六十例。", "60"),
        ("选取面瘫患者一百例进行分析。", "100"),
    ],
)
def test_chinese_numerals_are_read_whole(abstract: str, number: str) -> None:
    """Numerals with places or digit by digit, also behind a noun that ends in 数, which elsewhere makes a guess of them."""
    assert [value for value, _, _ in total(abstract)] == [number]


@pytest.mark.parametrize(
    "abstract", ["选取2018年面瘫患者60例,2019年面瘫患者40例。", "纳入面瘫患者60例,按1:1配对选取同院患者120例。"]
)
def test_a_total_is_not_sure_where_others_are_counted_beside_it(abstract: str) -> None:
    """People of another year, or matched to the first, may belong to the total."""
    assert [sure for _, _, sure in total(abstract)] == [False]


def test_a_guess_is_no_count_of_events() -> None:
    """ "Some dozens" is not ten, also where a share stands beside it; a time that is a guess has no number."""
    passage = Passage("abstract", "结果 患者中显效数十例(25%),好转几百例,无效七八例。")
    assert EXTRACTORS["event_count"](passage) == []
    assert [each.number for each in EXTRACTORS["duration"](Passage("abstract", "患者连用七八天。"))] == [""]


def test_a_total_of_the_title_is_not_sure_unless_it_is_one_patient() -> None:
    """A title's number is the total of most, not of all; the abstract's is preferred where it is surer."""
    assert total("", "针刺治疗面瘫36例") == [("36", "stated", False)]
    assert total("", "针刺致晕厥1例") == [("1", "stated", True)]
    assert total("将40例面瘫患者随机分为两组,各20例。", "针刺治疗面瘫36例") == [
        ("40", "stated, its groups add up", True)
    ]


@pytest.mark.parametrize("name", ["dose", "duration", "percentage", "event_count", "sample_size.arm"])
def test_no_digit_of_a_broken_number_is_a_value(name: str) -> None:
    """CNKI breaks numbers by spaces ("3 0例", "0. 5 mg"); a piece of one is no value."""
    text = "结果 患者中显效3 0例,有效率9 5.2%,口服药物0. 5 mg,另一药物3 0mg,治疗1 2周,对照组3 0例。"
    passage = Passage("abstract", text)
    assert [passage.printed(each.start, each.end) for each in EXTRACTORS[name](passage)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "percentage",
            "结果 患者LVEF为45%,SpO2>95%,敏感度为88.6%,体重下降5%,95%CI为2%~9%,5%葡萄糖静滴,治愈16眼(80%)。",
        ),
        ("event_count", "结果 58例患者完成了研究,其中治疗组30例,对照组28例。60例患者均进行了随访。"),
        ("event_count", "结果 患者中失访3例,剔除2例,男12例,女8例,术后复查6次。"),
        ("dose", "患者血糖≥7 mmol/L,血钙2.1 g/L,24 h尿蛋白定量3.5 g,术中出血120 ml,体重增加3 kg。"),
        ("duration", "患者病程3年,2016年收治,年龄45岁,第3天出现皮疹,孕28周。"),
        ("frequency", "患者治疗前每月发作5次,心率80次/min,每周复查。"),
        ("event_count", "面瘫患者92例,随机分为治疗组与对照组各46例。轻度(10~15分)9例,重度24例。"),
        ("age", "患者平均(613±106)岁。"),
        ("age", "患者年龄、性别比较P>0.05,年龄相关性黄斑变性52例。"),
    ],
)
def test_what_looks_like_a_value_and_is_none(name: str, text: str) -> None:
    """Measures, thresholds, changes, losses, laboratory values and history are neither outcomes nor treatment."""
    passage = Passage("abstract", text)
    assert [passage.printed(each.start, each.end) for each in EXTRACTORS[name](passage)] == []


def test_traditional_characters_are_read_and_quoted_as_printed() -> None:
    """Rules are written once, in simplified characters; the quote is what was printed, in traditional ones."""
    abstract = "方法：靜脈注射免疫球蛋白2公克/公斤，每月一次，連續三個月。結果：患者10位肌力改善（71.4%）。"
    rows = suggest(TRIAL, passages({"abstract": abstract}))
    values = {(row["field"], row["value"]) for row in rows}
    assert values >= {("dose", "2公克/公斤"), ("frequency", "每月一次"), ("duration", "三個月"), ("event_count", "10")}
    assert all(abstract[int(row["start"]) : int(row["end"])] == row["quote"] for row in rows)


def test_an_english_abstract_with_a_chinese_name_is_english() -> None:
    """A few Chinese characters don't make a text Chinese; a Chinese text with Latin names is."""
    english = "We randomly assigned 84 patients to Buzhong Yiqi decoction (补中益气汤) or to placebo for 8 weeks."
    assert not Passage("abstract", english).chinese
    assert [found.number for found in EXTRACTORS["sample_size.total"](Passage("abstract", english))] == ["84"]
    assert Passage("abstract", "RTX联合CTX治疗SLE患者30例, RTX 375 mg/m2, CTX 0.8 g。").chinese


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("丙种球蛋白每日0.4 g/kg,连续5天静滴。", "2"),
        ("丙种球蛋白400 mg/(kg·d)静滴,连用5天。", "2"),
        ("丙种球蛋白1 g/kg/d静滴,共2天。", "2"),
        ("静注丙种球蛋白,每日静滴0.4 g/kg,连续用药5天。", "2"),
    ],
)
def test_a_course_is_its_days(text: str, number: str) -> None:
    """Grams per kilogram of a course, whichever way a daily dose is written."""
    found = EXTRACTORS["dose.total_g_per_kg"](Passage("abstract", text))
    assert [each.number for each in found] == [number]


def test_a_long_chinese_sentence_is_cut_around_the_value_and_no_number_is_cut() -> None:
    """Chinese has no spaces to cut at: the quote reaches as far as it may, and begins and ends with whole numbers."""
    abstract = "我院" + "收治的观察了1234天的" * 40 + "64例患者随机分为两组" + "并且观察了5678天" * 40
    (row,) = (row for row in suggest(TRIAL, passages({"abstract": abstract})) if row["field"] == "n_total")
    quote = row["quote"]
    assert row["value"] == "64" and 380 <= len(quote) <= 400
    assert abstract[int(row["start"]) : int(row["end"])] == quote
    assert not abstract[int(row["start"]) - 1].isdigit() or not quote[0].isdigit()
    assert not abstract[int(row["end"])].isdigit() or not quote[-1].isdigit()
