"""Tells the people concerned, by audience and date: what is due, in which words, and that each hears it once."""
