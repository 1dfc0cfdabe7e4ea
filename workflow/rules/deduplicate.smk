# Records become reports: which rows are the same document, and why.


rule deduplicate:
    input:
        config=CONFIG,
        records=rules.records.output.records,
        rulings=[path.as_posix() for path in REVIEW.decisions.glob("duplicates.csv")],
    output:
        reports=f"{RESULTS}/deduplicate/reports.csv",
        pairs=f"{RESULTS}/deduplicate/pairs.csv",
        merged=f"{RESULTS}/deduplicate/merged.csv",
    log:
        f"{RESULTS}/logs/deduplicate.log",
    conda:
        "../../environment.yml"
    params:
        config=CONFIG,
        code=fingerprint("deduplicate"),
    shell:
        "winnow deduplicate --config {params.config:q} 2>&1 | tee {log:q}"
