"""Demo data: invented sponsors, users and students, made with the same verbs as the screens use."""
