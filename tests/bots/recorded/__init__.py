"""Answers of servers in use, found in public reports and documents and written anew: each with what becomes of it.

A customer is left with words, with people, or with a silence that the bot meant; never with half a reply, and never
with nothing.
"""
