"""Servers that speak Databento's own protocols."""
