"""A teacher's key: the fields of a TOML text, the problems they make, and the answers that they have."""
