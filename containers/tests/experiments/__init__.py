"""Experiments: intervals, judging, records, the ledger, and both experiments at smoke size."""
