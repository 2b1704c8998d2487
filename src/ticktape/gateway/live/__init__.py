"""The live subscription gateway over TCP."""
