"""What is true now: columns and counters, no behaviour."""
