"""The usual design, to show that the storm finds what it loses: after the commit a task is queued, and it sends. There
is no row. Nothing of the product imports it; `tests.faults.naive.settings` puts it in the pipeline's place."""
