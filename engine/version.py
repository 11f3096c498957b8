"""The application's version, recorded in every event that opens a case."""

VERSION = "0.1.0"
