"""`python -m modelmetry.cli`, the same as the command `modelmetry`."""

from modelmetry.cli.entry import main

main()
