# Values become counts, estimates and statements, each with the studies behind it.


rule synthesise:
    input:
        config=CONFIG,
        plan=[path.as_posix() for path in REVIEW.config_dir.glob("synthesis.yaml")],
        extract=rules.extract.output,
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
