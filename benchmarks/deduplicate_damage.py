"""What deduplication survives: damaged copies of real records, and whether they find their originals and nothing else.

usage: python benchmarks/deduplicate_damage.py FOLDER... [--copies N] [--damages 1,2] [--seed N] [--without COLUMN] [--write DIR]

Each FOLDER holds one labelled set: records.csv (plain or .gz), gold.csv (record_id, cluster_id), and abstracts.csv.xz if the
abstracts stand apart. Of every labelled document one record is kept. N of them get a copy each, which is damaged as databases
and reference managers damage records (``DAMAGES``), once or several times in different fields, the damages taken in turn.

Printed for each damage: the copies that have it; of these in per cent those found (one report with the original), asked (a
person is asked about the two) and lost; and how many copies stand in a report that mixes two documents (wrong). With --without
the whole set loses these columns first (doi,abstract: what many libraries lack). With --write the damaged sets are also
written (records.csv, gold.csv), so that benchmarks/deduplicate.py can give them to other tools.
"""

from __future__ import annotations

import argparse
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from deduplicate_crossvalidation import Labelled, load

from winnow.deduplicate import core, people

Row = dict[str, str]
_LITTLE = frozenset({"of", "the", "and", "in", "for", "de", "la", "et", "der", "und", "a", "an", "on", "to", "del"})
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "kappa": "κ", "omega": "ω"}
_AMERICAN = {"aemia": "emia", "oedema": "edema", "ischaem": "ischem", "tumour": "tumor", "paed": "ped", "isation": "ization",
             "randomis": "randomiz", "behaviour": "behavior", "haem": "hem", "oesoph": "esoph", "foet": "fet"}  # fmt: skip


def _slip(title: str, chance: random.Random) -> str:
    """One letter left out, doubled, or changed places with the next."""
    places = [place for place, letter in enumerate(title[:-1]) if letter.isalpha() and title[place + 1].isalpha()]
    if not places:
        return title
    at = chance.choice(places)
    return chance.choice(
        [
            title[:at] + title[at + 1 :],
            title[: at + 1] + title[at:],
            title[:at] + title[at + 1] + title[at] + title[at + 2 :],
        ]
    )


def _joined(title: str, chance: random.Random) -> str:
    """A space lost between two words."""
    spaces = [place for place, letter in enumerate(title) if letter == " "]
    at = chance.choice(spaces) if spaces else len(title)
    return title[:at] + title[at + 1 :]


def _cut(title: str, length: int) -> str:
    """Cut off at a word, as fields of a fixed length are."""
    return title[:length].rpartition(" ")[0] if len(title) > length else title


def _without_subtitle(title: str) -> str:
    head, seam, _ = title.partition(": ")
    return head if seam and len(head) > 20 else title


def _changed_spelling(title: str) -> str:
    """British as American, or American as British where the letters say so."""
    found = title
    for british, american in _AMERICAN.items():
        found = re.sub(british, american, found, flags=re.IGNORECASE)
    return found


def _greek(title: str) -> str:
    for name, letter in _GREEK.items():
        title = re.sub(rf"\b{name}\b", letter, title, flags=re.IGNORECASE)
    return title


def _without_signs(title: str) -> str:
    """What is not ASCII lost, hyphens too."""
    return unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().replace("-", " ")


def _names(cell: str) -> list[tuple[str, str]]:
    """Family and given names of each person, as far as the list shows them."""
    found = []
    for name in people.split(cell):
        family, comma, given = name.strip().partition(",")
        if not comma:
            family, _, given = (
                name.strip().rpartition(" ") if not re.search(r"\s[A-Z. ]{1,6}$", name) else _surname_first(name)
            )
        found.append((family.strip() or given.strip(), given.strip() if family.strip() else ""))
    return found


def _surname_first(name: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"\s*(.+?)\s((?:[A-Z][. ]*)+)", name)
    return (found.group(1), " ", found.group(2)) if found else (name, "", "")


def _initials(given: str, mark: str = "") -> str:
    return "".join(word[0].upper() + mark for word in re.split(r"[\s.-]+", given) if word)


def _people(form: str) -> Callable[[Row, random.Random], Row]:
    """The list of authors written in another way: ``family``, ``initials`` and ``given`` stand for a person's."""

    def written(row: Row, chance: random.Random) -> Row:
        listed = []
        for family, given in _names(row["authors"]):
            listed.append(
                form.format(family=family, initials=_initials(given), dotted=_initials(given, "."), given=given)
            )
        return {"authors": "; ".join(name.strip(" ,") for name in listed)}

    return written


def _separated(mark: str) -> Callable[[Row, random.Random], Row]:
    return lambda row, chance: {
        "authors": mark.join(f"{family} {_initials(given)}".strip() for family, given in _names(row["authors"]))
    }


def _first_people(count: int, end: str) -> Callable[[Row, random.Random], Row]:
    def shortened(row: Row, chance: random.Random) -> Row:
        names = people.split(row["authors"])
        return {"authors": "; ".join(name.strip() for name in names[:count]) + (end if len(names) > count else "")}

    return shortened


def _abbreviated(journal: str) -> str:
    """``Am J Physiol``: the words' beginnings, without the little ones."""
    words = [word for word in re.findall(r"[^\W_]+", journal) if word.lower() not in _LITTLE]
    return journal if len(words) < 2 else " ".join(word if len(word) < 5 else word[:4] for word in words)


def _page(form: str) -> Callable[[Row, random.Random], Row]:
    def written(row: Row, chance: random.Random) -> Row:
        found = re.fullmatch(r"(\d+)-(\d+)", row["pages"])
        if not found:
            return {}
        first, last = found.groups()
        if len(last) < len(first):
            last = first[: len(first) - len(last)] + last
        short = last
        while len(first) == len(last) and len(short) > 1 and first.startswith(last[: len(last) - len(short) + 1]):
            short = short[1:]
        return {"pages": form.format(first=first, last=last, short=short)}

    return written


def _title(change: Callable[[str], str]) -> Callable[[Row, random.Random], Row]:
    return lambda row, chance: {"title": change(row["title"])}


def _set(**cells: str) -> Callable[[Row, random.Random], Row]:
    return lambda row, chance: cells


def _next_year(row: Row, chance: random.Random) -> Row:
    return {"year": str(int(row["year"]) + 1)} if row["year"].isdigit() else {}


def _issue_with_volume(row: Row, chance: random.Random) -> Row:
    plain = row["volume"].isdigit() and row["issue"].isdigit()
    return {"volume": f"{row['volume']}({row['issue']})", "issue": ""} if plain else {}


#: field: name: how a record comes to look. A damage that changes nothing in a record is not counted there.
DAMAGES: Mapping[str, Mapping[str, Callable[[Row, random.Random], Row]]] = {
    "title": {
        "in capitals": _title(str.upper),
        "cut at 60": _title(lambda title: _cut(title, 60)),
        "cut at 100": _title(lambda title: _cut(title, 100)),
        "no subtitle": _title(_without_subtitle),
        "a slip": lambda row, chance: {"title": _slip(row["title"], chance)},
        "two slips": lambda row, chance: {"title": _slip(_slip(row["title"], chance), chance)},
        "a space lost": lambda row, chance: {"title": _joined(row["title"], chance)},
        "in brackets": _title(lambda title: f"[{title}]."),
        "a note added": _title(lambda title: f"{title} [Review] [53 refs]"),
        "Greek letters": _title(_greek),
        "signs lost": _title(_without_signs),
        "spelling": _title(_changed_spelling),
        "empty": _set(title=""),
    },
    "authors": {
        "Family, G.": _people("{family}, {dotted}"),
        "G. Family": _people("{dotted} {family}"),
        "Given Family": _people("{given} {family}"),
        "Family GG, ...": _separated(", "),
        "run together": _separated(""),
        "FAMILY, G": lambda row, chance: {"authors": _people("{family}, {initials}")(row, chance)["authors"].upper()},
        "first only": _first_people(1, ""),
        "three et al": _first_people(3, " et al."),
        "first missing": lambda row, chance: {"authors": "; ".join(people.split(row["authors"])[1:])},
        "nobody": _set(authors=""),
        "anonymous": _set(authors="Anonymous"),
    },
    "year": {"next year": _next_year, "no year": _set(year="")},
    "journal": {
        "abbreviated": lambda row, chance: {"journal": _abbreviated(row["journal"])},
        "in capitals": lambda row, chance: {"journal": row["journal"].upper()},
        "place added": lambda row, chance: {"journal": row["journal"] and f"{row['journal']} (London, England)"},
        "The ...": lambda row, chance: {"journal": row["journal"] and f"The {row['journal']}"},
        "no journal": _set(journal=""),
    },
    "volume": {
        "no volume": _set(volume=""),
        "with the issue": _issue_with_volume,
        "no issue": _set(issue=""),
        "no place yet": _set(volume="", issue="", pages=""),
    },
    "pages": {
        "short form": _page("{first}-{short}"),
        "full form": _page("{first}-{last}"),
        "first page": _page("{first}"),
        "first page +": _page("{first}-+"),
        "p. and dash": _page("p. {first}–{last}"),
        "no pages": _set(pages=""),
        "an article's number": lambda row, chance: {"pages": f"e{chance.randrange(10_000, 99_999)}"} if row["pages"] else {},
    },
    "doi": {"no DOI": _set(doi=""), "as a URL": lambda row, chance: {"doi": row["doi"] and f"https://doi.org/{row['doi'].upper()}"}},
    "abstract": {
        "no abstract": _set(abstract=""),
        "cut short": lambda row, chance: {"abstract": row["abstract"][:250]},
        "labels lost": lambda row, chance: {"abstract": re.sub(r"\b[A-Z][A-Za-z ]{3,30}:\s*", "", row["abstract"])},
    },
}  # fmt: skip


def damage(row: Row, named: Sequence[tuple[str, str]], chance: random.Random) -> Row:
    """The row with these damages; one that does not apply leaves it as it is."""
    for field, name in named:
        row = row | DAMAGES[field][name](row, chance)
    return row


def copies(labelled: Labelled, count: int, damages: int, seed: int) -> tuple[Any, dict[str, str], dict[str, list[str]]]:
    """One record of each document and damaged copies of some; the labels; and the damages of each copy."""
    import pandas as pd

    chance = random.Random(seed)
    table = labelled.records.sort_values("record_id", ignore_index=True)
    table = table[~table["record_id"].map(labelled.gold).duplicated()]
    for name in ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "abstract"):
        if name not in table:
            table[name] = ""
    every = [(field, name) for field, names in DAMAGES.items() for name in names]
    rows = table.sample(min(count, len(table)), random_state=seed).to_dict("records")
    made, suffered = [], {}
    for place, row in enumerate(rows):
        first = every[place % len(every)]
        others = [one for one in every if one[0] != first[0]]
        named = [first]
        while len(named) < damages:
            named.append(chance.choice([one for one in others if one[0] not in {field for field, _ in named}]))
        copy = damage(row, named, chance)
        changed = [f"{field}: {name}" for field, name in named if damage(row, [(field, name)], random.Random(1)) != row]
        if len(changed) == damages:
            copy["record_id"] = f"{row['record_id']}~"
            made.append(copy)
            suffered[copy["record_id"]] = changed
    gold = {name: labelled.gold[name.rstrip("~")] for name in [*table["record_id"], *suffered]}
    return pd.concat([table, pd.DataFrame(made)], ignore_index=True).fillna(""), gold, suffered


def survey(records: Any, gold: Mapping[str, str], suffered: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """For each damage: copies, found, asked, wrong."""
    found = core.deduplicate(records)
    report = dict(zip(found.reports["record_id"], found.reports["report_id"], strict=True))
    documents = defaultdict(set)
    for name, group in report.items():
        documents[group].add(gold[name])
    asked = set()
    for one, other, verdict in zip(
        *(found.pairs[name] for name in ("record_id_1", "record_id_2", "verdict")), strict=True
    ):
        if verdict == "possible":
            asked |= {(one, other), (other, one)}
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for copy, names in suffered.items():
        original = copy.rstrip("~")
        right = report[copy] == report[original]
        said = [1, int(right), int(not right and (copy, original) in asked), int(len(documents[report[copy]]) > 1)]
        for name in (*names, "all"):
            counted[name] = [a + b for a, b in zip(counted[name], said, strict=True)]
    return counted


def main() -> None:
    """Print one table for each number of damages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--copies", type=int, default=5000, help="of each set (default 5000)")
    parser.add_argument("--damages", default="1,2", help="how many damages a copy has (default 1,2)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", default="", help="columns that the whole set loses first")
    parser.add_argument("--write", type=Path, help="folder for the damaged sets")
    asked = parser.parse_args()
    lost = asked.without.split(",")
    sets = [load(folder) for folder in asked.folders]
    sets = [one._replace(records=one.records.drop(columns=lost, errors="ignore")) for one in sets]
    for damages in map(int, asked.damages.split(",")):
        total: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for labelled in sets:
            records, gold, suffered = copies(labelled, asked.copies, damages, asked.seed)
            if asked.write:
                folder = asked.write / f"{labelled.name}-{damages}"
                folder.mkdir(parents=True, exist_ok=True)
                records.to_csv(folder / "records.csv", index=False)
                lines = [f"{name},{cluster}\n" for name, cluster in gold.items()]
                (folder / "gold.csv").write_text("record_id,cluster_id\n" + "".join(lines), encoding="utf-8")
            for name, figures in survey(records, gold, suffered).items():
                total[name] = [a + b for a, b in zip(total[name], figures, strict=True)]
        print(f"\n{damages} in each copy{'':18}{'copies':>8}{'found %':>9}{'asked %':>9}{'lost %':>8}{'wrong':>7}")
        for name in ["all", *(f"{field}: {name}" for field, names in DAMAGES.items() for name in names)]:
            count, right, person, wrong = total.get(name, [0, 0, 0, 0])
            if count:
                lost = count - right - person
                print(
                    f"{name:32}{count:8}{100 * right / count:9.1f}{100 * person / count:9.1f}{100 * lost / count:8.1f}{wrong:7}"
                )


if __name__ == "__main__":
    main()
