"""Exact replay at scale: random cases on several diagrams, and histories that every later version must replay."""

from pathlib import Path

FOLDER = Path(__file__).parent / "diagrams"
FIXTURES = Path(__file__).parent / "fixtures"
# The SOP itself (process/), then: loops; parallel, repeated and inclusive; timers and subprocesses; messages, signals,
# errors and escalations.
DIAGRAMS = ("aduan", "putaran", "kunjungan", "tenggat", "surat")
