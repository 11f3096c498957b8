"""`python -m webapp.cli`: the same as `aduan`, for starting ourselves as a child."""

from webapp.cli import main

main(prog_name="aduan")
