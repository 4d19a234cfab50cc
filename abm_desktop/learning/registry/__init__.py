"""Trained models as folders: names, descriptions, checkpoints, archives."""
