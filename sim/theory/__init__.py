"""Theory: what the literature says in formulas, and how parameters are estimated. It knows nothing of the market."""
