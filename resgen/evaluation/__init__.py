"""What measures weights: figures, classifiers, baselines, ablations, examples. Imported by nothing else."""
