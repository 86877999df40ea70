"""Training of the recogniser; never imported by the running app."""
