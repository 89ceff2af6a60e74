"""The library under the apps: no models, and nothing imported from any app."""
