"""The sweeps: the table compiled for an arithmetic, the point, forward and backward. They name no gate."""
