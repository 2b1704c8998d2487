"""``python -m ticktape``: the same as the ``ticktape`` command."""

from ticktape.cli.main import main

main()
