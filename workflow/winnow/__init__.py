"""winnow: systematic reviews as code.

The package's floors, each importing only those below it (``tests/test_floors.py`` checks it)::

    cli
    audit  serve
    report
    synthesise
    extract
    screen
    deduplicate
    records  search
    decisions  rank
    wording
    the modules at the root: errors, files, tables, text, config, review, manifests, package_data ...
"""

__version__ = "0.1.0"
