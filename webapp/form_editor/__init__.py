"""The parts of the forms editor: a form as rows, as typed, as JSON, with findings. Its pages: webapp.draft_forms."""
