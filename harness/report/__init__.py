"""The report: turn the outcomes of scenarios into verdicts, and write them for the terminal, CI and a browser."""
