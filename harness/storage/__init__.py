"""The S3 store of a run: MinIO in a container or as a process, or an endpoint that the user names."""
