"""Search for broken promises with random tenants: a plain model beside the subject, and what it finds as Gherkin."""
