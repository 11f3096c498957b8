"""Benchmarks: what a step costs, next to the least it could cost and to the usual way of doing it."""
