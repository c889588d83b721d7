"""The API, version 1: what is open, for anybody to read; drafts, for employers' systems with a key to write."""
