"""Lists the plugins that make up the suite; each says at its top what it is for."""

pytest_plugins = [
    "plugin.options",
    "plugin.cases",
    "plugin.order",
    "plugin.lifecycle",
    "plugin.story",
    "plugin.scenario",
    "plugin.progress",
    "plugin.crashes",
    "plugin.verdicts",
    "plugin.report",
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
