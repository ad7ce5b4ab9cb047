"""What RFM is put to: loyalty tiers, churn prevention, win-back, hours of a success team."""
