"""Studies over trades and books, and the one door to every derived schema."""
