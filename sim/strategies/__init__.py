"""What businesses do: plans. Books go in, a decision comes out; a customer's column is out of reach."""
