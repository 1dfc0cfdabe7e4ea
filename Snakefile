"""The review on one screen: what was planned, found and decided goes in; results follow.

Run it with `make review`, or with plain `snakemake` in an environment that has the package. Another review runs with
`snakemake --directory OTHER_REVIEW`; an overlay with `--configfile MORE.yaml`.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

try:
    from winnow import review as reviews
    from winnow.audit import check
    from winnow.errors import WinnowError
    from winnow.fingerprints import fingerprint
except ImportError:
    sys.exit(
        "winnow is not installed here: run 'make review', or 'pip install --no-deps -e .' in this environment"
    )

# A fault in config, manifests or decisions is one line and exit 1, before anything is touched.
CONFIG = ["config/config.yaml", *(str(path) for path in workflow.overwrite_configfiles)]
if workflow.is_main_process:
    try:
        check.require(reviews.load(CONFIG))
    except WinnowError as error:
        print(f"winnow: {error.line}".replace("\n", "\nwinnow: "), file=sys.stderr)
        sys.exit(1)


configfile: "config/config.yaml"


REVIEW = reviews.load(CONFIG)
if config != REVIEW.settings:
    sys.exit(
        "settings given with --config reach no winnow command: put them in a file, --configfile MORE.yaml"
    )
RESULTS = REVIEW.results.as_posix()

# A job writes into its log; how far a search has come is shown where the workflow was started.
if workflow.is_main_process and sys.stderr.isatty():
    with suppress(OSError):  # in a container a terminal may have no name
        os.environ.update(WINNOW_TERMINAL=os.ttyname(sys.stderr.fileno()))

# The log then shows the exact command, and `winnow` is found without activating anything.
shell.prefix(
    f"set -euo pipefail; export PATH={str(Path(sys.executable).parent)!r}:$PATH; "
)


include: "workflow/rules/search.smk"
include: "workflow/rules/records.smk"
include: "workflow/rules/deduplicate.smk"
include: "workflow/rules/screen.smk"
include: "workflow/rules/extract.smk"
include: "workflow/rules/synthesise.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        rules.search_report.output,
        rules.report.output,


localrules:
    all,
