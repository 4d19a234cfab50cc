"""Between RLlib and this market: algorithms, sampling, learners, buffers."""
