"""One module per family of rules; each has check(tree, lists) -> findings."""
