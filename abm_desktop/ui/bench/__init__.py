"""How quick the window is: first frame, frames and event loop under load, memory."""
