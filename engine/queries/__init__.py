"""Reads shaped for pages. Every one is scoped by who asks."""
