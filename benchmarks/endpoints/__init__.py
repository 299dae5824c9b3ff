"""What `benchmarks/endpoint.py` asks, whom it asks, and how it counts."""
