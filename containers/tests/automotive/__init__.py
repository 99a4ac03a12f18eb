"""The automotive room: monitor, messages, fusion, evidence."""
