"""Workloads that are collections of small bodies: pytest selections, pytest-benchmark and asv benchmarks."""
