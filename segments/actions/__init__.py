"""What happens when a customer enters or leaves: from the ledgers to effects to what is done."""
