# Values become counts, estimates and statements, each with the studies behind it.


rule synthesise:
    input:
        config=CONFIG,
        plan=[path.as_posix() for path in REVIEW.config_dir.glob("synthesis.yaml")],
        merged=rules.deduplicate.output.merged,
        extract=rules.extract.output,
        status=STATUS,
        ledgers=[
            path.as_posix()
            for name in ("studies.csv", "risk_of_bias.csv")
            for path in REVIEW.decisions.glob(name)
        ],
    output:
        statements=f"{RESULTS}/synthesise/statements.csv",
    log:
        f"{RESULTS}/logs/synthesise.log",
    conda:
        "../../environment.yml"
    params:
        config=CONFIG,
        code=fingerprint("synthesise"),
    shell:
        "winnow synthesise --config {params.config:q} 2>&1 | tee {log:q}"
