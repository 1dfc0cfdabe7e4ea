"""The order in which reports had best be read, learnt from what was decided, and when to stop reading."""
