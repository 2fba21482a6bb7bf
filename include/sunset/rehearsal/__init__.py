"""What a rehearsal tells of the execution to come: how long its steps take, and whether it may be begun."""
