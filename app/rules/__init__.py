"""The ground floor: pure rules. Standard library and the calendar package only; same input, same answer."""
