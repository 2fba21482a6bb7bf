"""Route `replicate`: PostgreSQL's logical replication follows a product that cannot stop, until the freeze."""
