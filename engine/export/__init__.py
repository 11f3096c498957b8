"""Cases as other tools read them: XES (IEEE 1849), CSV, XLSX. Pure: knows neither database nor pages."""

from engine.export.csv_file import csv_parts
from engine.export.steps import Case, Entry, Known, Stored, entries_of
from engine.export.xes import xes_parts
from engine.export.xlsx import write_xlsx

__all__ = ["Case", "Entry", "Known", "Stored", "csv_parts", "entries_of", "write_xlsx", "xes_parts"]
