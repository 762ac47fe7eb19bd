"""The keys of the YAML file, what each may hold, and in which words a wrong value is refused.

`configuration` is the top; `listen`, `identities` and `workloads` hold its sections; the other
modules read single values.
"""
