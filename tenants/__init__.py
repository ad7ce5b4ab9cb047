"""The ground floor: merchants, domains, jobs, runs, and what every floor above shares."""
