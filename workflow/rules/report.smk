# The flow diagram as a proof, the tables, and the page where every number opens.


rule report:
    input:
        config=CONFIG,
        records=rules.records.output,
        deduplicate=rules.deduplicate.output,
        screen=rules.screen.output,
        extract=rules.extract.output,
        synthesise=rules.synthesise.output,
        published=[path.as_posix() for path in REVIEW.config_dir.glob("p*.*")],
    output:
        prisma=f"{RESULTS}/report/prisma.json",
        diagram=report(
            f"{RESULTS}/report/prisma.svg",
            caption="../report/prisma.rst",
            category="Flow diagram",
        ),
        picture=f"{RESULTS}/report/prisma.png",
        reproduction=f"{RESULTS}/report/reproduction.csv",
        page=f"{RESULTS}/report/index.html",
    log:
        f"{RESULTS}/logs/report.log",
    conda:
        "../../environment.yml"
    params:
        config=CONFIG,
        code=fingerprint("report"),
    shell:
        "winnow report --config {params.config:q} 2>&1 | tee {log:q}"
