"""Forms as their authors see them: `design_of` reads a JSON Schema, `schema_of` writes one and loses nothing."""

from engine.process.form_design.design import (
    EMPTY,
    KINDS,
    OTHER,
    TABLES,
    FieldDesign,
    FormDesign,
    NotShowable,
    Option,
    name_from,
    settled,
    unique,
)
from engine.process.form_design.reading import design_of
from engine.process.form_design.writing import schema_of

__all__ = ["EMPTY", "KINDS", "OTHER", "TABLES", "FieldDesign", "FormDesign", "NotShowable", "Option", "design_of",
           "name_from", "schema_of", "settled", "unique"]  # fmt: skip
