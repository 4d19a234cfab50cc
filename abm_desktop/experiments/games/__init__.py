"""Games that learners play in a market: what a published claim needs that no experiment has.

Each is a Gymnasium vector environment of 13 observations and three actions, so that the trainings
and policies of directional traders play it, and a rule or two to hold learners against.
"""
