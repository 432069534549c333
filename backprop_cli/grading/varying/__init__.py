"""Numbers of each student's own: what they may be, how they are drawn, which are refused, the question they make."""
