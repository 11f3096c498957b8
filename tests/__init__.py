"""Tests of Aduan: real databases, real HTTP, a real browser."""
