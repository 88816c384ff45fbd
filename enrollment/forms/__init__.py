"""Forms of the register: text in, values for the operations out."""
