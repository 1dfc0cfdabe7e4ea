# Every record of every archived source, in one table; none is ever dropped.


rule records:
    input:
        config=CONFIG,
        manifests=MANIFESTS,
        files=RECORD_FILES,
    output:
        records=f"{RESULTS}/records/records.csv",
        report=f"{RESULTS}/records/import_report.json",
    log:
        f"{RESULTS}/logs/records.log",
    conda:
        "../../environment.yml"
    params:
        config=CONFIG,
        code=fingerprint("records"),
    shell:
        "winnow records --config {params.config:q} 2>&1 | tee {log:q}"
