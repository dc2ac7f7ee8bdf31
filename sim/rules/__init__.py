"""What people do: sentences. Numbers and a draw already made go in, a number comes out."""
