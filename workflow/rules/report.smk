# The flow diagram as a proof, the tables, and the page where every number opens.


rule report:
    input:
        config=CONFIG,
        search=rules.search_report.output,
        records=rules.records.output,
        deduplicate=rules.deduplicate.output,
        screen=rules.screen.output,
        extract=rules.extract.output,
        synthesise=rules.synthesise.output,
        protocol=[
            path.as_posix()
            for pattern in ("*.*", "history/*")
            for path in sorted(REVIEW.config_dir.glob(pattern))
        ],
        status=STATUS,
    output:
        prisma=f"{RESULTS}/report/prisma.json",
        diagram=report(
            f"{RESULTS}/report/prisma.svg",
            caption="../report/prisma.rst",
            category="Flow diagram",
        ),
        picture=f"{RESULTS}/report/prisma.png",
        printed=f"{RESULTS}/report/prisma.pdf",
        notes=f"{RESULTS}/report/flow.json",
        sheet=f"{RESULTS}/report/prisma2020.csv",
        excluded=report(
            f"{RESULTS}/report/excluded_full_text.csv",
            caption="../report/excluded_full_text.rst",
            category="Screening",
        ),
        awaiting=f"{RESULTS}/report/awaiting_classification.csv",
        ongoing=f"{RESULTS}/report/ongoing_studies.csv",
        reproduction=report(
            f"{RESULTS}/report/reproduction.csv",
            caption="../report/reproduction.rst",
            category="Findings",
        ),
        changes=f"{RESULTS}/report/changes.csv",
        changed=report(
            f"{RESULTS}/report/changes.md",
            caption="../report/changes.rst",
            category="Update",
        ),
        methods=f"{RESULTS}/report/methods.md",
        checklist=f"{RESULTS}/report/prisma_checklist.csv",
        dictionary=f"{RESULTS}/report/data_dictionary.csv",
        page=report(
            f"{RESULTS}/report/index.html",
            caption="../report/page.rst",
            category="Page",
        ),
        database=f"{RESULTS}/review.sqlite",
    log:
        f"{RESULTS}/logs/report.log",
    conda:
        "../../environment.yml"
    params:
        config=CONFIG,
        code=fingerprint("report"),
    shell:
        "winnow report --config {params.config:q} 2>&1 | tee {log:q}"
