"""E16: does the tracking filter know how wrong it is?"""
