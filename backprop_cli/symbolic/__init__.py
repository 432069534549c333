"""Circuit ⇄ SymPy. Everything that imports SymPy for formulas stands here and is loaded when a formula is wanted."""
