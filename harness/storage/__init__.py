"""S3 stores: MinIO in a container or as a process, or any endpoint that the user names."""
