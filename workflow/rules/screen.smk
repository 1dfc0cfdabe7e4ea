# A verdict per criterion from the rules, a decision per stage from people.


rule screen:
    input:
        config=CONFIG,
        criteria=(REVIEW.config_dir / "criteria.yaml").as_posix(),
        reports=rules.deduplicate.output,
        ledgers=[
            path.as_posix()
            for path in sorted(REVIEW.decisions.glob("screening/*.csv"))
        ],
        records=rules.records.output.records,
        retrieval=[path.as_posix() for path in REVIEW.decisions.glob("retrieval.csv")],
        full_texts=[
            path.as_posix()
            for search in REVIEW.searches
            for path in sorted(
                (REVIEW.root / "searches" / search.id).glob("fulltext/*/manifest.json")
            )
        ],
    output:
        verdicts=f"{RESULTS}/screen/verdicts.csv",
        decisions=report(
            f"{RESULTS}/screen/decisions.csv",
            caption="../report/decisions.rst",
            category="Screening",
        ),
        to_decide=f"{RESULTS}/screen/to_decide.csv",
        agreement=f"{RESULTS}/screen/agreement.csv",
        sensitivity=f"{RESULTS}/screen/sensitivity.csv",
    log:
        f"{RESULTS}/logs/screen.log",
    conda:
        "../../environment.yml"
    params:
        config=CONFIG,
        code=fingerprint("screen"),
    shell:
        "winnow screen --config {params.config:q} 2>&1 | tee {log:q}"
