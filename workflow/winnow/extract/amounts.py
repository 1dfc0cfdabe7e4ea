"""How much, how often and for how long: doses with their conversion to g/kg, frequencies and durations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from winnow.extract import candidates, cues, numbers, phrases, scoring
from winnow.extract.candidates import Candidate
from winnow.extract.passage import Found, Passage

_GRAMS = {
    "g": 1.0,
    "gm": 1.0,
    "gms": 1.0,
    "gram": 1.0,
    "grams": 1.0,
    "克": 1.0,
    "公克": 1.0,
    "mg": 1e-3,
    "milligram": 1e-3,
}
_GRAMS |= {"milligrams": 1e-3, "毫克": 1e-3, "μg": 1e-6, "µg": 1e-6, "ug": 1e-6, "mcg": 1e-6}
_mass = "|".join(sorted(_GRAMS, key=len, reverse=True))
_PER_KG = (
    r"(?:/ ?\(? ?(?:kg(?![a-z0-9_])|公斤|千克)|\.\(?kg(?:-1)?"
    r"| per kg\b| kg ?-1| per kilogram| ?/ ?kilogram| per kilo\b)"
)
_PER_DAY = (
    r"(?:[ ./]*(?:/ ?(?:d(?:ay)?(?![a-z0-9_])|[天日])|\.d(?:-1)?(?![a-z0-9_])|d-1|per day|a day|each day|daily|every day"
    r"|body ?weight/d(?:ay)?|qd|每[天日]))"
)
_NUMBER = numbers.DECIMAL
_DAYS = (
    rf"(?P<days>{numbers.WORDS}|\d{{1,2}}|[一二两三四五六七八九十]) ?(?:consecutive |successive |连续)?"
    r"(?:days?\b|d(?![a-z0-9_])|天|日)"
)
#: Said before a dose, it is one of each day: 每日静脉滴注0.4 g/kg.
_DAILY = re.compile(r"(?:每[日天]|日)(?:静脉|口服)?(?:滴注|静滴|输注|注射|给予|给|予|用)? ?$")

#: 0.4 g/kg/day for 5 days; 1 g/kg daily on two consecutive days; 0.4 g/(kg.d),连用5天
_TIMES_DAYS = re.compile(
    rf"(?P<amount>{_NUMBER}) ?(?P<unit>{_mass}) ?{_PER_KG}(?P<daily>[ .]?(?:of )?(?:body ?weight)?{_PER_DAY})?\)?"
    rf"(?P<between>[^.;0-9]{{0,50}}?)(?<![a-z])(?P<link>for|on|x|×|over|in|during|\*|连用|连续|共|,)"
    rf"(?P<more>[^.;0-9]{{0,24}}?) ?{_DAYS}",
    re.IGNORECASE,
)
#: a total of 2 g/kg; 2 g/kg per month, in divided doses
_TOTAL = re.compile(
    rf"(?P<before>\b(?:total|totall?ing|cumulative|overall|总量|总剂量)[^.;0-9]{{0,30}})?"
    rf"(?P<amount>{_NUMBER}) ?(?P<unit>{_mass}) ?{_PER_KG}(?![ ./]*(?:d\b|day|daily))(?! (?:a |per |each |every )day)"
    r"(?P<after>[^.;0-9]{0,30}?(?:per (?:month|course|cycle|infusion)|/(?:month|course|cycle)|a month|monthly|every (?:month|\d)"
    r"|divided|total|each (?:month|course)))?",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"divided|split|total|fraction", re.IGNORECASE)

_TIME_NAMES = {
    "d": "days", "w": "weeks", "m": "months", "y": "years", "h": "hours",
    "天": "days", "日": "days", "周": "weeks", "月": "months", "年": "years",
}  # fmt: skip


def _judged(
    passage: Passage, name: str, where: Callable[[cues.Context], Iterator[Candidate]]
) -> Iterator[tuple[int, int, float]]:
    """The spans that a table takes, with their confidence."""
    context = cues.read(passage)
    least = scoring.accepted(name)
    for first, last in where(context):
        (score,) = scoring.scores((name,), context, first, last)
        if score >= least:
            yield context.words.starts[first], context.words.ends[last], scoring.confidence(name, score)


def dose(passage: Passage) -> list[Found]:
    """Doses as printed; the number in the printed unit, or in g/kg where the dose is per kilogram."""
    if passage.chinese:
        found = phrases.in_chinese("dose", passage)
    else:
        found = [
            Found(start, end, "cues", sure)
            for start, end, sure in _judged(passage, "dose", lambda context: candidates.doses(context.words))
        ]
    return [
        Found(each.start, each.end, each.rule, each.confidence, "", *amount(passage, each.start, each.end))
        for each in found
    ]


_THOUSANDS = re.compile(r"(?<=\d)[ ,](?=\d{3}(?!\d))")
#: The unit of a range's lower end, which its upper end repeats.
_REPEATED = re.compile(rf"(?<=\d) ?(?:{_mass}|iu|u|万u|单位)(?= ?[-~] ?\d)", re.IGNORECASE)
_AMOUNT = re.compile(rf"(?P<low>{_NUMBER})(?:(?: ?(?:-|~|to) ?)(?P<high>{_NUMBER}))? ?(?P<unit>.*)", re.DOTALL)


def amount(passage: Passage, start: int, end: int) -> tuple[str, str]:
    """The number (``low-high`` for a range) and unit of a dose; mass per kilogram becomes grams per kilogram."""
    text = _REPEATED.sub("", _THOUSANDS.sub("", passage.tight[start:end]))
    match = _AMOUNT.search(text)
    if not match:
        count = numbers.whole(re.match(r"[\w-]*", text).group())  # type: ignore[union-attr]
        return (str(count), "") if count is not None else ("", "")
    unit = " ".join(match["unit"].split()).replace("μ g", "μg").replace("µ g", "µg")
    factor = 1.0
    mass = re.match(rf"({_mass})(?=[^a-z]|$)", unit, re.IGNORECASE)
    per_kg = re.match(rf"(?:{_mass}) ?{_PER_KG}", unit, re.IGNORECASE)
    if mass and per_kg:
        factor = _GRAMS[mass.group(1).casefold()]
        rest = unit[per_kg.end() :]
        unit = "g/kg/day" if re.search(r"d", rest, re.IGNORECASE) else "g/kg"
    parts = [match["low"], match["high"]] if match["high"] else [match["low"]]
    if factor == 1.0:
        return "-".join(numbers.decimal(part) for part in parts), unit
    return "-".join(numbers.shown(float(numbers.decimal(part)) * factor) for part in parts), unit


def total_per_course(passage: Passage) -> list[Found]:
    """Grams per kilogram in one course: stated (``2 g/kg per month``) or the product of a daily dose and its days."""
    text = passage.tight
    found: list[Found] = []
    for match in _TIMES_DAYS.finditer(text):
        days = numbers.whole(match["days"])
        grams = float(numbers.decimal(match["amount"])) * _GRAMS[match["unit"].casefold()]
        if not days or days > 14 or _SPLIT.search(match["between"] + match["more"]):
            continue
        # "2 g/kg over 2 days" is a total; "1 g/kg/day over 2 days" is not.
        daily = match["daily"] or _DAILY.search(text, max(0, match.start() - 10), match.start())
        whole = match["link"].lower() in ("over", "in", "during", ",") and not daily
        number = numbers.shown(grams if whole else grams * days)
        rule, sure = ("stated", 0.85) if whole else ("dose times days", 0.92 if daily else 0.8)
        found.append(Found(*match.span(), rule, sure, number, number, "g/kg"))
    for match in _TOTAL.finditer(text):
        if any(each.start <= match.start("amount") < each.end for each in found):
            continue
        if not match["before"] and not match["after"]:
            continue
        number = numbers.shown(float(numbers.decimal(match["amount"])) * _GRAMS[match["unit"].casefold()])
        span = match.span("amount")[0], match.end("unit")
        found.append(Found(*span, "stated", 0.9, number, number, "g/kg", match.span()))
    return sorted(found, key=lambda each: each.start)


def frequency(passage: Passage) -> list[Found]:
    """How often, as printed."""
    if passage.chinese:
        return phrases.in_chinese("frequency", passage)
    return [
        Found(start, end, "cues", sure)
        for start, end, sure in _judged(
            passage, "frequency", lambda context: candidates.frequencies(context.words, passage.lower)
        )
    ]


def duration(passage: Passage) -> list[Found]:
    """How long treatment or follow-up lasted, as printed; number and unit of time beside it."""
    if passage.chinese:
        found = phrases.in_chinese("duration", passage)
    else:
        found = [
            Found(start, end, "cues", sure)
            for start, end, sure in _judged(passage, "duration", lambda context: candidates.durations(context.words))
        ]
    return [
        Found(each.start, each.end, each.rule, each.confidence, "", *_time(passage.tight[each.start : each.end]))
        for each in found
    ]


def _time(text: str) -> tuple[str, str]:
    unit = re.search(r"([天日周月年])|(?<![a-z])(d|w|m|y|h)[a-z]*\.?\s*$", text, re.IGNORECASE)
    name = _TIME_NAMES[(unit.group(1) or unit.group(2)).casefold()] if unit else ""
    body = text[: unit.start()] if unit else text
    parts = [part.strip(" -个") for part in re.split(r"(?<=\w)[ -]*(?:-|~|\bto\b|\band\b|\bor\b)[ -]*(?=\d)", body)]
    read = [str(value) if (value := numbers.whole(part)) is not None else _decimal(part) for part in parts]
    return ("-".join(read), name) if all(read) else ("", name)


def _decimal(part: str) -> str:
    return numbers.decimal(part) if re.fullmatch(numbers.DECIMAL, part) else ""
