"""The pages inside Airflow's UI on which people look at evidence: products, runs, documents, verification."""
