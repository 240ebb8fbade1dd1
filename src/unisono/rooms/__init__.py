"""The rooms of the house; each owns its tables, its verbs and its questions."""
