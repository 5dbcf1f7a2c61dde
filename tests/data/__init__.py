"""Small real files for the tests, and the program that makes them."""
