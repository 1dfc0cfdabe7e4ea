"""Where the full texts are: open copies looked up and recorded like a search, and files that people supply."""
