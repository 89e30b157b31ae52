"""The dashboard and the rules, proved on a real Prometheus."""
