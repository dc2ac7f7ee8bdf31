"""The terminal: talk, tables, amounts, and files written whole or not at all."""
