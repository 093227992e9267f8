"""Who turns the crank: threads of this process, or Celery; both serve the same rows with the same handlers."""
