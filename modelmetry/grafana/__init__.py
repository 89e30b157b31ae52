"""The dashboard, the rules and their tests, as files that Grafana and Prometheus read."""
