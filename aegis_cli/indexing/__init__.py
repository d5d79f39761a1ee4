"""Index advice as pure algorithm: candidates, sizes, search; servers are asked through a port."""
