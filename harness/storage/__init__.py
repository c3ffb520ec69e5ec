"""Where repositories lie: MinIO in a container or as a process, or any S3 endpoint."""
