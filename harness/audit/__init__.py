"""Tell what the restores of an organisation would find: its manifests, the snapshots of a repository, and a rule."""
