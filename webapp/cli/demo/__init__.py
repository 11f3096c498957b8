"""Demo accounts and cases. The texts and the journeys are data files; what happens with them goes through the real
commands, so that a demo case is a case like any other."""
