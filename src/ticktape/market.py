"""The books of many instruments, fed by batches."""
