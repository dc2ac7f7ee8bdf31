"""What the package is compared with: the same rules as a plain Mesa model, and the proof that both come to the same."""
