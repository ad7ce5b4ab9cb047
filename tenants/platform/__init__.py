"""The platform's own pages: its merchants, their runs, its people, how the installation is."""
