"""A Klaviyo of our own: the part of its API that Strata uses, over accounts held in memory."""
