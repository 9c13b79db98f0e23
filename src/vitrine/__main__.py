"""`python -m vitrine` is the command `vitrine`."""

from vitrine.cli import main

if __name__ == "__main__":
    main()
