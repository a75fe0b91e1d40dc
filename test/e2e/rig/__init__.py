"""What the end-to-end tests stand on: servers, the tool as a process, and readers that are not ours."""
