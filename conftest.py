"""Lists the plugins that make up the suite; each says at its top what it is for."""

pytest_plugins = [
    "steps.session.options",
    "steps.session.cases",
    "steps.session.order",
    "steps.session.lifecycle",
    "steps.session.story",
    "steps.session.scenario",
    "steps.session.progress",
    "steps.session.crashes",
    "steps.session.verdicts",
    "steps.objects",
    "steps.backups",
    "steps.restores",
    "steps.history",
    "steps.discovery",
    "steps.logs",
    "steps.findings",
    "steps.repository",
    "steps.admission",
    "steps.kopia",
]
