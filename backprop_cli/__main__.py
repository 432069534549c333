"""``python -m backprop_cli`` is the same as ``backprop``."""

from backprop_cli.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
