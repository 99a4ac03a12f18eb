"""E14: does the monitor of phase 7 tell strange inputs from known ones?"""
