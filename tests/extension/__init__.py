"""The browser extension in real browsers, on simulated sites at their real names."""
