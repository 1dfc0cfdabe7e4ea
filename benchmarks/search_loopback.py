"""A whole search against the loopback E-utilities server of the tests, over real records, with faults at random.

    python benchmarks/search_loopback.py FILE.xml.gz [--records 12000] [--share 0.3] [--seed 1]

Prints what it cost and whether the archive holds exactly the records that were served. No rate is kept and no pause is waited for:
the costs are winnow's own and the server's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow"), str(ROOT / "tests" / "search")]

CONFIG = "review: {title: Benchmark}\nsearches:\n  - {id: all, years: [1800, 2100], databases: [pubmed]}\n"


def main() -> None:
    """Run the search in a folder that is removed afterwards."""
    from entrez_server import FAULTS, Corpus, Server, real_records

    from winnow import cli, manifests
    from winnow.records import pubmed_xml
    from winnow.search import progress, rate

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", metavar="FILE")
    parser.add_argument("--records", type=int, default=12_000)
    parser.add_argument("--share", type=float, default=0.3, help="share of requests that fail (default 0.3)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    progress.sleep = lambda seconds: None
    rate.Rate.wait = lambda self: 0.0  # type: ignore[method-assign]
    with (
        Server(Corpus(real_records(arguments.path, arguments.records))) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        kinds = [kind for kind in FAULTS if kind != "slow answer"]
        server.fail_at_random(arguments.seed, arguments.share, kinds)
        os.chdir(folder)
        os.environ["WINNOW_ENTREZ_URL"] = server.url
        Path("config/strategy").mkdir(parents=True)
        Path("config/config.yaml").write_text(CONFIG, encoding="utf-8")
        Path("config/strategy/pubmed.txt").write_text("#1 1:999999999[uid]\n", encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, wall = time.process_time(), time.perf_counter()
        code = cli.main(["search", "all"])
        cost, took = time.process_time() - start, time.perf_counter() - wall
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        archive = manifests.read(Path("searches/all/pubmed"))
        filed = [int(row["pmid"]) for path in archive.record_files for row in pubmed_xml.read(path)]
        result = {
            "exit code": code,
            "records served": len(server.corpus.records),
            "records filed": len(filed),
            "exactly those served": sorted(server.corpus.records) == filed,
            "files differ from manifest": len(manifests.verify(archive)),
            "requests": len(server.asked),
            "slices": len(archive.data["details"]["slices"]),
            "archive MB": round(sum(path.stat().st_size for path in archive.folder.iterdir()) / (1 << 20), 1),
            "CPU s (server included)": round(cost, 1),
            "wall s": round(took, 1),
            "new memory MB (server included)": (after - before) >> 10,
        }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
