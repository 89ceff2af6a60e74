"""Help beside the work: guides in numbered steps, and the step about each screen."""
