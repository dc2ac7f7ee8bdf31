"""Plans in whole markets."""
