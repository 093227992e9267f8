"""The suite every marketplace passes: the generic contract against the marketplace's own simulator."""
