"""Measurements that need more than one room: their clients. The commands are `dev.py bench NAME`."""
