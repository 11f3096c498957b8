"""What happens without a click. The functions that do the work know nothing of the loop that calls them."""
