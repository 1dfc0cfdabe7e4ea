"""What comes out: the PRISMA flow as a proof, the page, the tables and the provenance."""
