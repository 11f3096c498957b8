"""The web: shows each open task to the role that owns it, checks forms, passes them on. Decides nothing itself."""
