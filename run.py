"""The door: `python run.py COMMAND` is the installed command `keepwin COMMAND`."""

from sim.interface.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
