"""Demo data: sponsors, users and students that never were, made with the same verbs as the screens use."""
