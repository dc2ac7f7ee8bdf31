"""How a week passes."""
