-- A statement of the workload means the tables that it finds when it runs.
SET LOCAL search_path TO DEFAULT;
