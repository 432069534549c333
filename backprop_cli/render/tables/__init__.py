"""Tables: rows and columns as plain data, and a printer for each kind of place where they are read."""
