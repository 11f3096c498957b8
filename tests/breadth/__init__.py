"""What of BPMN runs and what is refused by name: one small diagram and one check each, and the table made of them."""
