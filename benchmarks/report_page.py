"""How long the report takes, how large its page is, and how long one key in its search box takes.

    python benchmarks/report_page.py FOLDER [--reports 500 5000]

Writes made-up reviews with abstracts of about 1,500 characters into FOLDER, builds each, and types into the page in Chromium.
Words are typed key by key and taken back key by key. Prints one line per size: CPU seconds of the whole report stage, MB of
index.html, seconds until the page is ready, and the median and the slowest milliseconds from key to finished layout.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (
    "patients with invented myositis were given immunoglobulin in a prospective trial and muscle strength improved after "
    "three months of treatment while creatine kinase fell adverse events were mild headache placebo group response dose"
)


def keys(page: Path) -> tuple[float, list[float]]:
    """Seconds until the page is ready, and milliseconds of each key in its search, typed and then taken back."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = browser.new_page()
        start = time.perf_counter()
        tab.goto(page.as_uri())
        tab.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
        ready = time.perf_counter() - start
        times = tab.evaluate(
            """async (text) => {
                const box = document.querySelector('#records .dt-search input');
                const times = [];
                const steps = [...text].map((_, n) => text.slice(0, n + 1));
                for (const typed of [...steps, ...steps.slice(0, -1).reverse(), '']) {
                    const start = performance.now();
                    box.value = typed;
                    box.dispatchEvent(new Event('input', { bubbles: true }));
                    document.body.offsetHeight;
                    times.push(performance.now() - start);
                    await new Promise((done) => requestAnimationFrame(done));
                }
                return times;
            }""",
            "prospective trial 王",
        )
        browser.close()
    return ready, times


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reports", type=int, nargs="+", default=[500, 5000])
    arguments = parser.parse_args()
    sys.path[:0] = [str(ROOT / "workflow"), str(ROOT / "tests")]
    from made_up_reviews import made_up, on_disk
    from winnow import review
    from winnow.report import stage

    chance, words = random.Random(1), TEXT.split()
    print(f"{'reports':>8} {'records':>8} {'cpu_s':>7} {'MB':>6} {'ready_s':>8} {'median_ms':>10} {'slowest_ms':>11}")
    for size in arguments.reports:
        evidence = made_up(1, reports=size, searches=2)
        for row in evidence.merged.values():
            row["title"] = " ".join(chance.choices(words, k=14))
            row["abstract"] = " ".join(chance.choices(words, k=210))
        root = on_disk(evidence, arguments.folder / str(size))
        start = time.process_time()
        stage.run(review.load(root=root))
        cpu = time.process_time() - start
        page = root / "results" / "report" / "index.html"
        ready, times = keys(page)
        print(
            f"{size:>8} {len(evidence.records):>8} {cpu:>7.1f} {page.stat().st_size / 1e6:>6.2f} {ready:>8.2f} "
            f"{statistics.median(times):>10.1f} {max(times):>11.1f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
