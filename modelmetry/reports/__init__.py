"""The report of production as Markdown, one page of HTML, and JSON: functions of what is known."""
