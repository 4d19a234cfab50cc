"""The laboratory as tools of an assistant (Model Context Protocol). Only here `mcp` is imported."""
