"""What makes weights: data, augmentation, losses, optimisers, runs. Imported by nothing that ships a result."""
