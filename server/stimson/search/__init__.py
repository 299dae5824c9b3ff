"""Search: find a thing by its names, its codes, or words that are said of it or quoted in it.

All that can be found is read once from the dataset file of a snapshot (`searched_things`), with
words and names in forms that forgive spelling, script and case (`word_forms`, by the rules of
reconciliation), and written into an SQLite file (`index_file`) that is asked with full-text
queries (`search_index`). `excerpts` shows where the words stand.

This part knows nothing of HTTP, nor of an engine: a search never becomes a SPARQL query.
"""
