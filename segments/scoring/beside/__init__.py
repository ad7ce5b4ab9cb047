"""The passes of the scores beside RFM, in order: engagement, PQL, lifecycle."""
