"""What each command prints, a module a command.

Here belongs the reading of released files for people. Each returns its exit code.
"""
