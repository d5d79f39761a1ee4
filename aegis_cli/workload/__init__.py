"""What a workload does, gathered from columns of executions and log messages in bounded memory."""
