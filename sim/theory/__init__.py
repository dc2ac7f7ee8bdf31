"""Theory: what the literature says in formulas, and how their parameters are estimated. It knows nothing of the market."""
