"""Measurements against plain Django and plain WeasyPrint; docs/performance.md tells how to read them."""
