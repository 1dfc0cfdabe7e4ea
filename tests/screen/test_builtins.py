"""Laws of the built-in classifiers, on made-up reports and, if they are there, on the labelled sets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from winnow.screen import criteria as criteria_files
from winnow.screen.signals import MET, judge, judged_builtin, met_builtin
from winnow.screen.verdicts import verdicts
from winnow.wording.documents import Document

DESIGNS = (
    "randomised_trial", "controlled_trial", "prospective", "retrospective", "case_series", "case_report", "review",
    "systematic_review", "meta_analysis", "guideline", "protocol", "animal", "in_vitro",
)  # fmt: skip

#: title, abstract, what must be met, what must not be
REPORTS = [
    ("Captopril against placebo: a randomized, double-blind trial", "", "randomised_trial controlled_trial", "review"),
    ("Drug X in gout", "Sixty patients were randomly assigned to drug X or placebo.", "randomised_trial", "animal"),
    ("Drug X in gout", "Large randomised controlled trials are needed to confirm this.", "", "randomised_trial"),
    (
        "Drug X: a systematic review and meta-analysis of trials",
        "",
        "systematic_review meta_analysis review",
        "randomised_trial",
    ),
    (
        "Drug X: study protocol for a randomised controlled trial",
        "They will be randomised.",
        "protocol randomised_trial",
        "systematic_review prospective",
    ),
    (
        "Drug X in gout: protocol for a systematic review of randomised trials",
        "Randomised controlled trials will be included.",
        "protocol",
        "randomised_trial systematic_review",
    ),
    ("Corrigendum to: Drug X in gout, a study protocol", "", "", "protocol review"),
    ("Drug X in gout", "This single-arm, nonrandomized clinical trial enrolled ten patients.", "", "randomised_trial"),
    ("Drug X in gout", "Doses were given in random order in a placebo-controlled crossover.", "randomised_trial", ""),
    ("Drug X in gout", "The primary endpoint of this trial was toxicity in ten patients.", "", "randomised_trial"),
    ("Seeing colours", "Pictures were shown in random order.", "", "randomised_trial"),
    ("Drug X in gout", "We searched PubMed and Embase. No meta-analysis was performed.", "", "meta_analysis"),
    ("Drug X in gout", "We performed a meta-analysis of eight studies.", "meta_analysis review", "randomised_trial"),
    (
        "Drug X in gout: a systematic review",
        "We followed the Preferred Reporting Items for Systematic Reviews and Meta-Analyses and searched PubMed.",
        "systematic_review",
        "meta_analysis",
    ),
    (
        "Drug X in gout",
        "A systematic review and meta-analysis was done after a search of PubMed.",
        "systematic_review meta_analysis",
        "",
    ),
    (
        "Drug X in gout",
        "A systematic review found heterogeneity of the included studies, so a meta-analysis was not possible.",
        "",
        "meta_analysis",
    ),
    (
        "Drug X in gout",
        "A meta-analysis of twelve randomised trials was undertaken after a search of PubMed.",
        "meta_analysis",
        "randomised_trial",
    ),
    ("Drug X limits infarct size", "Isolated rat hearts were given drug X, 3 mg/kg.", "animal", "randomised_trial"),
    ("Drug X limits infarct size", "Rats were mentioned to patients, who took 3 mg/kg.", "", "animal"),
    ("Signals in cultured chondrocytes", "Cultured human chondrocytes were incubated.", "in_vitro", "animal"),
    ("Gout: a case report and review of the literature", "", "case_report", "retrospective"),
    ("Gout in Ghana: about 14 cases", "", "case_series", "case_report"),
    ("Drug X in gout", "There were seventy-three cases of rash and two cases of fever.", "", "case_series"),
    ("The case of academic medicine", "", "", "case_report"),
    ("Trends in gout from 1990 to 2010", "", "", "review"),
    ("Gout: a clinical review", "", "review", "retrospective"),
    ("Drug X in gout", "The trial was retrospectively registered.", "", "retrospective"),
    ("Gout", "We retrospectively reviewed a prospectively collected database.", "retrospective", "prospective"),
    ("Adherence to drug X: a study protocol", "", "protocol", "review"),
    ("Guidelines for gout in adults", "", "guideline", "protocol"),
    ("Recommendations of the French Society of Rheumatology for gout", "", "guideline", "protocol"),
    ("Do guidelines for gout improve outcomes?", "", "", "guideline"),
    ("Tutorial: guidelines for counting crystals", "", "", "guideline"),
    ("Patients who follow guidelines live longer", "", "", "guideline"),
    ("A pragmatic trial of drug X", "Adults were assigned by computer-generated numbers.", "randomised_trial", ""),
    ("Predicting gout", "Patients were randomly divided into training and validation sets.", "", "randomised_trial"),
    (
        "Bond strength",
        "Forty extracted human molars were randomly divided into four groups.",
        "in_vitro",
        "randomised_trial",
    ),
    ("Gout after surgery: a registry-based cohort study", "", "retrospective", "randomised_trial"),
    ("Adherence to guidelines for gout: a cohort study", "", "", "guideline"),
    ("Care of gout in the light of recommendations: a retrospective analysis", "", "retrospective", "guideline"),
    ("A test for means", "The test uses replications of randomly projected data.", "", "randomised_trial"),
    ("Gout in mouse embryonic stem cells", "", "", "animal"),
    ("Mouse models of gout: a review", "Animal models such as mice are reviewed.", "review", "animal"),
    (
        "Gout in a young woman: a case report",
        "We report a 31-year-old woman who had gout.",
        "case_report",
        "case_series",
    ),
    ("Gout after transplantation: report of three cases", "", "case_series case_report", "review"),
    ("Gout of the larynx: presentation of a rare case", "", "case_report", "review"),
    ("Gout after transplantation", "Case 1: a man had gout. Case 2: a woman had gout.", "case_report", "review"),
    ("A review of national registry data on gout", "", "", "review"),
    ("Gout and taste", "We asked 40 men. We discuss the implications of our findings for practice.", "", "review"),
    ("Gout after transplantation: report of 13 cases", "", "case_series", "case_report"),
    ("Gout after transplantation: analysis of four cases reported to an agency", "", "", "case_report"),
    ("Tophi of the spine: a case report and systematic review", "", "case_report", ""),
    (
        "Tophi in siblings",
        "We report 2 children with tophi. To date, 9 cases have been described.",
        "case_report",
        "review",
    ),
    ("Tophi of the spine", "Our patient developed a fever and recovered. His symptoms went.", "case_report", ""),
    ("Counselling in gout", "When the patient has doubts, the patient did best if heard.", "", "case_report"),
    (
        "Tophi of the spine",
        "A 54-year-old woman presented with back pain. Surgery relieved it.",
        "case_report",
        "review",
    ),
    ("Tophi of the spine", "A case of gout in a dancer is reported.", "case_report", "case_series"),
    (
        "Tophi of the spine",
        "Forty patients were seen. A 54-year-old man was the oldest of these patients.",
        "",
        "case_report",
    ),
    (
        "Tophi of the spine",
        "The clinical course of two unrelated patients is described.",
        "case_series case_report",
        "",
    ),
    (
        "Crystals and pain",
        "What is known of crystals is told. Our review also asks what remains open.",
        "review",
        "case_report",
    ),
    ("Crystals and pain", "In this article we will discuss how crystals cause pain.", "review", ""),
    ("Crystals and pain", "Purpose of review: crystals hurt. It was asked how.", "review", "systematic_review"),
    ("Crystals and pain", "The findings in all patients seen over ten years were reviewed.", "", "review"),
    (
        "Crystals and pain",
        "Recent advances in understanding crystals have been many. Their role in pain is known. Promising strategies, "
        "including diets, are emerging, and several challenges remain for future applications.",
        "review",
        "systematic_review",
    ),
    (
        "Crystals and pain",
        "Recent advances in understanding crystals have been many. Their role in pain is known. Here, we show that several "
        "strategies are promising. Pain was halved, and many challenges remain for future applications.",
        "",
        "review",
    ),
    ("New insights into crystals and pain", "Crystals were given to healthy volunteers.", "", "review"),
    ("Protocol for isolating crystals from joints", "Fluid is spun for ten minutes.", "protocol", "review"),
    ("A simple protocol for the detection of crystals", "Eighty patients were seen.", "", "protocol"),
    ("Comparison of two protocols for staining crystals", "", "", "protocol"),
    ("Gout in toads", "", "animal", "in_vitro"),
    ("Signals of crystals", "We grew C. elegans on urate. Old C. elegans died early.", "animal", "review"),
    ("Gout: a retrospective study of 40 patients", "", "retrospective", "case_report prospective"),
    ("A prospective open study of drug X in gout", "", "prospective", "retrospective"),
    ("EULAR recommendations for the management of gout", "", "guideline", "randomised_trial"),
    ("Urate crystals in mice", "Mice were injected with crystals. The mice were killed.", "animal", "randomised_trial"),
    ("Urate crystals activate macrophages in vitro", "", "in_vitro", "case_report"),
    ("Gout: a review", "", "review", "systematic_review"),
    ("Chart review of gout in one clinic", "", "retrospective", "review"),
    ("药物X治疗痛风的随机双盲对照研究", "", "randomised_trial", "review"),
    ("痛风一例报告", "", "case_report", "randomised_trial"),
    ("痛风3例报告", "", "case_report case_series", "review"),
    ("痛风13例报告", "", "case_series", "case_report"),
    ("药物X治疗痛风的系统评价和荟萃分析", "", "systematic_review meta_analysis", "randomised_trial"),
    ("痛风的研究进展", "", "review", "case_report"),
    ("痛风58例回顾性分析", "", "retrospective case_series", "case_report"),
    ("药物X治疗痛风45例", "", "case_series", "case_report"),
    ("药物X治疗痛风的半随机对照试验", "", "controlled_trial", "randomised_trial"),
    ("痛风的病例对照研究", "", "retrospective", "case_series case_report"),
    ("药物X治疗痛风：系统评价与荟萃分析方案", "", "protocol", "systematic_review randomised_trial"),
    ("药物X治疗痛风的随机对照试验方案", "", "protocol randomised_trial", "systematic_review"),
]


#: title, abstract, the age groups
PEOPLE = [
    ("Drug X in gout", "The mean age was 56.3 years.", "adult"),
    ("Drug X in gout", "The mean age was 5.3 years. Of these patients 30 had gout.", ""),
    ("Drug X in gout", "A 34-year-old man had gout.", "adult"),
    ("Drug X in gout", "A 3-year-old male had gout.", "child"),
    ("Drug X in gout", "Forty men and 20 women with gout took drug X.", "adult"),
    ("Drug X in gout", "Those under 18 years of age took drug X.", ""),
    ("Drug X in gout", "Patients aged 2 to 18 years took drug X.", ""),
    ("Drug X in gout", "Patients over 18 years of age took drug X.", "adult"),
    ("Drug X in gout", "Healthy volunteers took drug X.", "adult"),
    ("Drug X in rats", "Rats aged 20 weeks and women took drug X.", ""),
    ("Gout in a 9-year-old", "", "child"),
    ("A 15-year-old stent", "", ""),
    ("Gout after preterm birth", "", ""),
    ("The second child policy and gout", "", ""),
    ("Gout in preterm infants", "", "child"),
    ("Gout in children and adults", "", "adult child"),
]


@pytest.mark.parametrize(("title", "abstract", "wanted"), PEOPLE)
def test_age_groups_by_title_and_abstract(title: str, abstract: str, wanted: str) -> None:
    """Numbers of years are read as ages only where they are, and a number of one digit is no adult's."""
    table = verdicts(
        pd.DataFrame([{"record_id": "r1", "title": title, "abstract": abstract}]),
        criteria_files.load("builtin:population"),
    )
    assert set(table["criterion"][table["verdict"] == "met"]) == set(wanted.split())


def met(title: str, abstract: str, classifiers: str = "builtin:designs", **more: str) -> set[str]:
    row = {"record_id": "r1", "title": title, "abstract": abstract, **more}
    table = verdicts(pd.DataFrame([row]), criteria_files.load(classifiers))
    return set(table["criterion"][table["verdict"] == "met"])


def test_the_designs_are_those_promised() -> None:
    """builtin:designs gives one row per report and design, in the documented order; builtin:population adult and child."""
    assert criteria_files.load("builtin:designs").ids == DESIGNS
    assert criteria_files.load("builtin:population").ids == ("adult", "child")


@pytest.mark.parametrize(("title", "abstract", "wanted", "unwanted"), REPORTS)
def test_designs_by_title_and_abstract(title: str, abstract: str, wanted: str, unwanted: str) -> None:
    """Each made-up report is taken for what it says it is, in English and Chinese, and not for what it only mentions."""
    found = met(title, abstract)
    assert set(wanted.split()) <= found
    assert not set(unwanted.split()) & found


@pytest.mark.parametrize(
    ("title", "abstract"), [report[:2] for report in REPORTS], ids=[report[0] for report in REPORTS]
)
def test_a_classifier_is_met_whether_it_is_asked_alone_or_by_another(title: str, abstract: str) -> None:
    """The short way to whether a classifier is met gives the verdict of the long one, in any order of asking."""
    row = {"title": title, "abstract": abstract}
    known = criteria_files.builtins()
    whole = {name: judge(criterion, Document(row)) for name, criterion in known.items()}
    for order in (list(known), list(known)[::-1]):
        document = Document(row)
        met = {name: met_builtin(name, document) for name in order}
        assert met == {name: judged if judged.verdict == MET else None for name, judged in whole.items()}
        assert {name: judged_builtin(name, document) for name in order} == whole


CHINESE = yaml.safe_load((Path(__file__).parent / "chinese_reports.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("report", CHINESE, ids=[report["why"] for report in CHINESE])
def test_chinese_reports_are_taken_for_what_they_say(report: dict[str, str]) -> None:
    """Designs and age groups are read in Chinese, in both scripts, and words that only sound like them are not."""
    title, abstract = report["title"], report.get("abstract", "")
    people = met(title, abstract, "builtin:population")
    found = met(title, abstract) | people
    assert set(report.get("met", "").split()) <= found
    assert not set(report.get("unmet", "").split()) & found
    assert "age" not in report or people == set(report["age"].split())


def test_publication_types_and_check_tags_count() -> None:
    """PubMed's own types and tags are evidence where the title says nothing."""
    assert "randomised_trial" in met(
        "Drug X in gout", "", publication_types="Journal Article; Randomized Controlled Trial"
    )
    assert "animal" in met("Urate", "", mesh="Animals; Uric Acid/metabolism")
    assert "animal" not in met("Urate", "", mesh="Animals; Humans; Uric Acid/metabolism")
    assert "randomised_trial" in met("Drug X in gout", "", mesh="Humans; Double-Blind Method")
    assert "randomised_trial" not in met("Drug X in gout: a review", "", mesh="Humans; Double-Blind Method")
    assert "in_vitro" in met("Urate", "", mesh="Humans; Cell Line, Tumor")
    assert "in_vitro" not in met("Urate", "", mesh="Humans; Female; Adult; Cell Line, Tumor")


def test_classifiers_lean_on_each_other_without_going_in_circles() -> None:
    """No built-in classifier comes back to itself through the ones that it uses."""
    uses = {
        name: set(criterion.use) | {used for signal in criterion.signals for used in signal.names}
        for name, criterion in criteria_files.builtins().items()
    }
    done: set[str] = set()
    while ready := {name for name, needed in uses.items() if name not in done and needed <= done}:
        done |= ready
    assert done == set(uses)


def test_a_title_alone_is_never_taken_for_silence() -> None:
    """Without an abstract no design is ruled out by absence."""
    table = verdicts(pd.DataFrame([{"record_id": "r1", "title": "Gout"}]), criteria_files.load("builtin:designs"))
    assert set(table["verdict"]) == {"unclear"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["study_design", "single_class_design"])
def test_labelled_records_of_2019(shared: Path, name: str) -> None:
    """On labelled records, titles and abstracts only: randomised trials at sensitivity .98 and specificity .95 at least."""
    table = pd.read_csv(shared / "data" / "extraction" / f"wmotte_{name}.csv.gz", dtype=str, keep_default_na=False)
    trial = table["class"] == "randomized_trial" if "class" in table else table["randomized_trial"] == "1"
    table = pd.concat([table[trial], table[~trial].iloc[::3]])[["pmid", "title", "abstract"]]
    table["record_id"] = [f"{pmid}.{row}" for row, pmid in enumerate(table["pmid"])]
    found = verdicts(table, criteria_files.load("builtin:designs"))
    got = set(found["report_id"][(found["criterion"] == "randomised_trial") & (found["verdict"] == "met")])
    positive, gold = table["record_id"].isin(got), trial.loc[table.index]
    assert (positive & gold).sum() / gold.sum() >= 0.98
    assert (~positive & ~gold).sum() / (~gold).sum() >= 0.95
