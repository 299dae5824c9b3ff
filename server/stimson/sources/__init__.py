"""The sources: quotations that are exact, and scaffolds for what a contributor describes."""
