"""Events: canonical form, digests, chain. Pure: knows neither the database nor the diagram."""
