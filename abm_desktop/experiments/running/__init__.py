"""From a design to stored runs: cells, markets, trainings, the store."""
