"""Import of any table: read a file, match its columns, clean its cells, plan what happens to each row."""
