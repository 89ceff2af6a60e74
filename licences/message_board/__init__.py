"""Messages from the Home Office: to whom they go, the verbs of caseworkers and users, and the emails."""
