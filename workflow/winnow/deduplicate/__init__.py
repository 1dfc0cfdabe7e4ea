"""Records → reports: which rows are the same document, and why."""
