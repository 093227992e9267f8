"""The Trading API of the simulated eBay: XML over one address."""
