"""Pure functions and estimators: no web framework, no database, no clock."""
