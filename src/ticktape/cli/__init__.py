"""The command line: parsing, printing and progress; no logic."""
