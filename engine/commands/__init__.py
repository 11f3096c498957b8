"""Verbs that change things. Each takes a session, acts for an actor, flushes and never commits."""
