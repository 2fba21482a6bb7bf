"""Runs a product's DAG in one process, without a scheduler: what `sunset run` starts."""
