"""The data language: record layouts, batches, DBN files, symbology, instruments."""
