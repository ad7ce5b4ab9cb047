"""Speed, measured: a store of a million customers, peers on the same rows, ratios in one run."""
