"""Many learners in one market: mixed roles, own or shared policies, a league, selection."""
