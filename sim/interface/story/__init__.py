"""One person's life, week by week, in words."""
