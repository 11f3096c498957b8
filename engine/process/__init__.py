"""A diagram and its forms: read, check, run. Pure: knows neither the database nor the web."""
