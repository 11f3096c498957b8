"""Working time of one office: hours, breaks, holidays and the SOP's durations. Knows no cases, database or clock."""

from engine.worktime.calendar import Calendar, Due, Skipped, State
from engine.worktime.data import CalendarError, Holiday, Schedule
from engine.worktime.duration import Duration
from engine.worktime.fields import read_date
from engine.worktime.instants import WIB
from engine.worktime.words import date_text, explain, remaining, said

__all__ = [
    "WIB",
    "Calendar",
    "CalendarError",
    "Due",
    "Duration",
    "Holiday",
    "Schedule",
    "Skipped",
    "State",
    "date_text",
    "explain",
    "read_date",
    "remaining",
    "said",
]
