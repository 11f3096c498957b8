"""Bundles of evidence: what leaves the office so that others can check it without the office."""
