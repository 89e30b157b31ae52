"""The cost of recording one turn of a chatbot, with modelmetry and others: `python -m` a part."""
