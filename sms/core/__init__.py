"""The library under the apps. It has no models, and imports nothing from any app."""
