"""The engine of Aduan: runs the diagram and remembers what happened; knows nothing of Flask."""
