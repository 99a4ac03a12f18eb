"""E7: predicting the own hidden layer."""
