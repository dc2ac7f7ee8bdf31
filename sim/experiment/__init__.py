"""What we ask: runs, paired worlds, statistics, and the store of results."""
