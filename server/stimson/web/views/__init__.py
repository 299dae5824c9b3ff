"""Views across many things: the stances of many holders, and what is said of many places."""
