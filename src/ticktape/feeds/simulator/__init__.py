"""A simulated exchange that emits market-by-order records as CME does on Databento."""
