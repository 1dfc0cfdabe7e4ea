"""The search report of the review: it follows from the archive and the configuration alone, and needs no network."""

from __future__ import annotations

from winnow import files
from winnow.review import Review
from winnow.search import pages, reporting


def run(review: Review) -> None:
    """Write ``search/search_report.md`` and ``search/search_report.html``."""
    blocks = reporting.report(review)
    files.write_text(review.result("search", "search_report.md"), pages.markdown(blocks))
    files.write_text(
        review.result("search", "search_report.html"), pages.page(blocks, f"Search report: {review.title}")
    )
