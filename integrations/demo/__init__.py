"""Three invented merchants, made from a seed and a day, and imported like anybody's files."""
