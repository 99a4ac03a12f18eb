"""Is an input like those that a model was trained on? Scores, their threshold and how well they tell."""
