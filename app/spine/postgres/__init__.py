"""The way to Postgres: one reading of `DATABASE_URL`, one way to open a connection.

Migrations, the pool and the commands all come through here, so that what the operator asked to be verified is verified
on the first connection and on every later one.
"""
