"""E7B: predicting the own hidden layer, trained to its end."""
