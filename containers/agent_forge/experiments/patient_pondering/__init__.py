"""E1B: the claim of E1 with a halting unit that starts more patient."""
