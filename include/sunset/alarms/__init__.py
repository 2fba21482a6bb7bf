"""Early warnings: what is an alarm, which are due by the clock, and the book in which each stands once."""
