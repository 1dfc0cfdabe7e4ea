# Included reports become studies; one value per form field, each with its quote.


rule extract:
    input:
        config=CONFIG,
        form=(REVIEW.config_dir / "extraction.yaml").as_posix(),
        merged=rules.deduplicate.output.merged,
        decisions=rules.screen.output.decisions,
        status=STATUS,
        ledgers=[
            path.as_posix()
            for name in ("studies.csv", "extraction.csv", "retrieval.csv")
            for path in REVIEW.decisions.glob(name)
        ],
    output:
        studies=f"{RESULTS}/extract/studies.csv",
        values=f"{RESULTS}/extract/values.csv",
        table=report(
            f"{RESULTS}/extract/extraction_table.csv",
            caption="../report/extraction_table.rst",
            category="Extraction",
        ),
        workbook=f"{RESULTS}/extract/extraction_table.xlsx",
    log:
        f"{RESULTS}/logs/extract.log",
    conda:
        "../../environment.yml"
    params:
        config=CONFIG,
        code=fingerprint("extract"),
    shell:
        "winnow extract --config {params.config:q} 2>&1 | tee {log:q}"
