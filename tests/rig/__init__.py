"""What the tests stand on: databases, a browser, seeds. Knows nothing of the SOP."""
