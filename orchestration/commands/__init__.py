"""Implementation of the commands, one module each. Every command returns its exit code."""
