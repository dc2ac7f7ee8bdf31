"""The door for a Python that knows the package: ``python -m sim.interface COMMAND``, wherever it is installed."""

import sys

from sim.interface.door import main

if __name__ == "__main__":
    sys.exit(main())
