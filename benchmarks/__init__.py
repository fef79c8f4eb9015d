"""Recorded figures of real models, and the program that measures them."""
