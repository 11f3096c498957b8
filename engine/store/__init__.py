"""Tables, sessions and migrations on SQLite and PostgreSQL; knows no rules of the SOP."""
