"""The stylised-facts suite: estimators by subject, sessions, pooling, and the table itself."""
