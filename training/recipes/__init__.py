"""One recipe a file; its docstring states command, time, hardware and expected result."""
