"""`aegis index-advise`: workload in, indexes to create and to drop out."""
