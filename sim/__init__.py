"""keepwin: a market laboratory that asks how much to spend on keeping customers and how much on winning new ones."""

__version__ = "0.1.0"
