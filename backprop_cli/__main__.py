"""``python -m backprop_cli`` is the same as ``backprop``."""

from backprop_cli.cli.main import entry

if __name__ == "__main__":
    entry()
