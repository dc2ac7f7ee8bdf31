"""Benchmarks: what a week, a run and a study cost, beside what they may cost and what the machine could do."""
