"""The library: drives a subject through real kopia and judges what is seen.  Nothing here imports pytest."""
