"""Bars and levels of an exchange's sessions."""
