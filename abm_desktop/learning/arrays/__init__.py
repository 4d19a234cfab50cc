"""Networks, gradients and optimisers as plain arrays, compiled."""
