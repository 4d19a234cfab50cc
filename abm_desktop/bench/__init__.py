"""Benchmarks: what `abm-desktop bench` measures. Peers run beside ours, in turn, in one run."""
