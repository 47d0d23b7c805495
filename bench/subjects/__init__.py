"""What is measured: each module has `measure(bench) -> list[Line]`."""
