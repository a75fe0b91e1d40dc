"""The rules of scripts/tidy, one module per kind."""
