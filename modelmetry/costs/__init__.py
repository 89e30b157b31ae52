"""What a cloud costs, by day and service: sources, who asks them when, and what follows from it.

`explorer.CostExplorer` asks AWS and `focus.FocusFiles` reads the files that every cloud exports;
both give `rows.CostRow`. `poller.CostPoller` decides when to ask and keeps what it learns in a
`ledger.CostLedger`; `totals`, `trend`, `forecast` and `units` reckon with that. Importing any of
them loads no optional library and starts no thread.
"""
