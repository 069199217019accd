"""Fireside, a self-hosted live chat."""
