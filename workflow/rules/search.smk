# Searches are dated and immutable: an archived folder is plain input, and a rule exists only for one that is not there yet.

MANIFESTS = [(source.folder / "manifest.json").as_posix() for source in REVIEW.sources]

RECORD_FILES = [
    path.as_posix()
    for source in REVIEW.sources
    if source.archived
    for path in source.manifest.record_files
]

# What each search asked after the reports that were held: retracted, corrected, under concern?
STATUS = [
    path.as_posix()
    for search in REVIEW.searches
    for path in (REVIEW.root / "searches" / search.id).glob("status/status.csv")
]

for missing in (source for source in REVIEW.sources if not source.archived):

    rule:
        name:
            f"search_{missing.search_id}_{missing.name}".replace("-", "_").replace(
                ".", "_"
            )
        input:
            strategy=missing.strategy.as_posix(),
        output:
            manifest=(missing.folder / "manifest.json").as_posix(),
        log:
            f"{RESULTS}/logs/search_{missing.search_id}_{missing.name}.log",
        conda:
            "../../environment.yml"
        resources:
            ncbi=1,
        params:
            config=CONFIG,
            search=missing.search_id,
            source=missing.name,
        shell:
            "winnow search {params.search:q} --source {params.source:q} --config {params.config:q} 2>&1 | tee {log:q}"


rule search_report:
    input:
        config=CONFIG,
        manifests=MANIFESTS,
        files=RECORD_FILES,
        known=[path.as_posix() for path in REVIEW.config_dir.glob("known_studies.csv")],
    output:
        report(
            f"{RESULTS}/search/search_report.md",
            caption="../report/search_report.rst",
            category="Search",
        ),
        f"{RESULTS}/search/search_report.html",
    log:
        f"{RESULTS}/logs/search_report.log",
    conda:
        "../../environment.yml"
    params:
        config=CONFIG,
        code=fingerprint("search"),
    shell:
        "winnow search --report --config {params.config:q} 2>&1 | tee {log:q}"
