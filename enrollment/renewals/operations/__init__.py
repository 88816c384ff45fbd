"""Every write of renewals."""
