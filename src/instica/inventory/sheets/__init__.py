"""The catalogue as a CSV file and back: writing it, reading it, and taking in what differs."""
