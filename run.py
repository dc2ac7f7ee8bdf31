"""The door: `python run.py COMMAND` is the installed command `keepwin COMMAND`."""

import sys

if __name__ == "__main__":
    try:
        from sim.interface.door import main

        code = main()
    except KeyboardInterrupt:  # so early that nobody else can say so
        code = 130
        sys.stderr.write("Interrupted.\n")
    sys.exit(code)
