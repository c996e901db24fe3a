"""Ratios of this project's speed to its peers', each measured in one run."""
