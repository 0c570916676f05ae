"""Scale and overhead, each measured against its floor."""
