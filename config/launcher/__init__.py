"""What ./strata does once its packages are there: one room a command, and the rooms they share."""
