"""What people look at: the catalog, its webhooks and deliveries, and a playground, rendered here for any browser."""
